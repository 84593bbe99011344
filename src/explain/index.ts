/** What one error text says, part by part. */
export { type Explanation, explain } from "./explain.ts";
export type { Part } from "./part.ts";
