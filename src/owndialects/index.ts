/** A user's own wordings: a JSON file to entries of the catalogue, each mistake with its line. */
export { FIELDS, FILE_FIELDS, readDialects } from "./read-dialects.ts";
