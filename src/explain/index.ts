/** What one error text says, part by part. */
export { explain } from "./explain.ts";
