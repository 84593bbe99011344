/** What people read of a diagnosis, whoever prints it: sentences, trees, groups, filters, columns, and texts without secrets. */

// Text for a terminal is needed below this room as well.
export { printable } from "../model/index.ts";
export * from "./account.ts";
export * from "./advice.ts";
export * from "./answer.ts";
export * from "./clock.ts";
export * from "./columns.ts";
export * from "./conditions.ts";
export * from "./confidence.ts";
export * from "./delay.ts";
export * from "./fate.ts";
export * from "./filter.ts";
export * from "./findings.ts";
export * from "./groups.ts";
export * from "./headline.ts";
export * from "./hop-tree.ts";
export * from "./hop-words.ts";
export * from "./moments.ts";
export * from "./normal-end.ts";
export * from "./overrule.ts";
export * from "./places.ts";
export * from "./plain.ts";
export * from "./redact.ts";
export { timerInBrief } from "./timer.ts";
