/** Cascades of months and years in one file, and what can be asked of them. */
export { type Change, type ChangeKind, changesOf } from "./changes.ts";
export { type Part, partsOf } from "./days.ts";
export { HistoryError } from "./failure.ts";
export type { Shape } from "./indexed.ts";
export { HistoryReader, type HistorySummary, type Question, type ShapeCounts } from "./reader.ts";
export type { Mark, ShapeInPart, Subject } from "./walk.ts";
export { parseSearch, type Search } from "./words.ts";
export { HistoryWriter, type Kept } from "./writer.ts";
