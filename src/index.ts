/**
 * The diagnosis as a library: records in, evidence out (dialects), cascades and verdicts out of evidence (cascade).
 *
 * ```ts
 * const store = createCascadeStore();
 * for (const record of records) for (const evidence of readEvidence(record)) store.add(evidence);
 * store.finish();
 * for (const { origin, reached } of store.diagnose().cascades) { … }
 * ```
 */
import "./needs-node.ts";

export { type CascadeStore, type CascadeStoreOptions, createCascadeStore, WARNING_RULES } from "./cascade/index.ts";
export {
  findKitexErrors,
  type KitexError,
  type KitexGroups,
  prefilter,
  readEvidence,
  smellsOfCancel,
} from "./dialects/index.ts";
export * from "./model/index.ts";
export { findTtstreamErrors, format, parse, type TtstreamError } from "./ttstream/index.ts";
