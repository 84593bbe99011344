/** A user's own wordings: a JSON file to entries of the catalogue, each mistake with its line. */

export { compile } from "./linear-pattern.ts";
export { FIELDS, FILE_FIELDS, readDialects } from "./read-dialects.ts";
