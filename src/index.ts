/**
 * The diagnosis as a library: evidence from error texts, cascades from evidence.
 */
export * from "./model/index.ts";
