/** Text or fields of a record to evidence. Kitex decides for ttstream and Kitex gRPC; nobody else reads those texts. */
import type { Evidence, Prefilter, SourceRecord } from "../model/index.ts";
import { CATALOGUE } from "./catalogue/index.ts";
import { createDialects, type RecordReading } from "./read-record.ts";

export { type Entry, type Pattern, SAYS, type Says } from "./catalogue/index.ts";
export { DIALECTS } from "./dialects.ts";
export {
  findKitexErrors,
  grpcCodeName,
  type KitexError,
  type KitexGroups,
  readGrpcTail,
  sideOfGrpc,
  unquoteGo,
} from "./grammars.ts";
export { MIN_STEM_LENGTH } from "./lines/stem-index.ts";
export { createDialects, type Dialects, type RecordReading } from "./read-record.ts";
export { smellsOfCancel } from "./smells.ts";
export type { Wording } from "./wordings.ts";

/** The ids of all wordings that are built in. */
export const BUILT_IN_IDS: ReadonlySet<string> = new Set(CATALOGUE.map(({ id }) => id));

const builtIn = createDialects();

/** What a source must look for so that no dialect misses a line. */
export const prefilter: Prefilter = builtIn.prefilter;

/** The evidence in a record, in the order of its texts; empty where no dialect takes it. Never throws. */
export function readEvidence(record: SourceRecord): readonly Evidence[] {
  return builtIn.readRecord(record).evidence;
}

/** The evidence in a record and, where there is none, what it says beside. Never throws. */
export function readRecord(record: SourceRecord): RecordReading {
  return builtIn.readRecord(record);
}
