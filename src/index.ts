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
export {
  type CallFact,
  type Cascade,
  type Claim,
  CONFIDENCES,
  type Confidence,
  type Decision,
  type Diagnosis,
  type Evidence,
  type FailedAnswer,
  type FalseOrigin,
  formatInstant,
  formatPlace,
  type GhostWork,
  type Instant,
  KINDS,
  type Kind,
  type NameSource,
  type Origin,
  type OriginRow,
  type Place,
  type Prefilter,
  type ProcessFact,
  type Reached,
  type ReachedState,
  type Reason,
  type RequestFact,
  type ServiceName,
  type Side,
  type SourcePlace,
  type SourceRecord,
  type SpanFacts,
  type SpanPlace,
  type Testimony,
  type Warning,
} from "./model/index.ts";
export { findTtstreamErrors, format, parse, type TtstreamError } from "./ttstream/index.ts";
