/** Text or fields of a record to evidence. Kitex decides for ttstream and Kitex gRPC; nobody else reads those texts. */
import type { Evidence, Prefilter, SourceRecord } from "../model/index.ts";
import { DIALECTS } from "./dialects.ts";
import { readKitex } from "./kitex.ts";
import { SPAN_FIELDS } from "./otel/attributes.ts";
import { readSpan } from "./otel/read-span.ts";
import { CALL_FIELDS } from "./record-facts.ts";
import { OWN_FIELDS, readStreamscope, withOwnName } from "./streamscope.ts";

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

/** What a source must look for so that no dialect misses a line. */
export const prefilter: Prefilter = {
  needles: DIALECTS.flatMap(({ needles }) => needles),
  smells: ["cancel", "Cancel", "CANCEL", "deadline exceeded", "DeadlineExceeded", "RST_STREAM"],
  callFields: CALL_FIELDS,
  fields: [...OWN_FIELDS, ...SPAN_FIELDS],
};

/** The evidence in a record, in the order of its texts; empty where no dialect takes it. Never throws. */
export function readEvidence(record: SourceRecord): Evidence[] {
  const own = readStreamscope(record);
  if (own !== null) return [own];
  const named = withOwnName(record);
  const evidence = readKitex(named);
  return evidence.length === 0 && record.span !== undefined ? [readSpan(named, record.span)] : evidence;
}

/** True where a record without evidence is worth counting: it has a word that cancels are told with. */
export function smellsOfCancel(record: SourceRecord): boolean {
  return record.texts.some((text) => prefilter.smells.some((smell) => text.includes(smell)));
}
