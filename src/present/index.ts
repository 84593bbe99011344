/** What people read of a diagnosis, whoever prints it: sentences, trees, groups, filters, columns, and texts without secrets. */
export * from "./columns.ts";
export * from "./filter.ts";
export * from "./findings.ts";
export * from "./groups.ts";
export * from "./headline.ts";
export * from "./hop-tree.ts";
export * from "./places.ts";
export * from "./printable.ts";
export * from "./redact.ts";
