/** Text or fields of a record to evidence. Kitex decides for ttstream and Kitex gRPC; nobody else reads those texts. */
import type { Evidence, Prefilter, SourceRecord } from "../model/index.ts";
import { ORDINARY_WORDS, type Says } from "./catalogue/index.ts";
import { NEEDLES, WORDINGS } from "./dialects.ts";
import { readKitex } from "./kitex.ts";
import { BUILT_IN } from "./lines/lexicon.ts";
import { readLine } from "./lines/read-line.ts";
import { SPAN_CALL_FIELDS, SPAN_FIELDS } from "./otel/attributes.ts";
import { readSpan } from "./otel/read-span.ts";
import { CALL_FIELDS } from "./record-facts.ts";
import { OWN_FIELDS, readStreamscope, withOwnName } from "./streamscope.ts";
import { withoutUserData } from "./user-data.ts";

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
export { type Wording, wordingsIn } from "./wordings.ts";

/** What a source must look for so that no dialect misses a line. */
export const prefilter: Prefilter = {
  needles: NEEDLES,
  wordings: WORDINGS,
  smells: ["cancel", "Cancel", "CANCEL", "deadline exceeded", "DeadlineExceeded", "RST_STREAM"],
  callFields: [...CALL_FIELDS, ...SPAN_CALL_FIELDS],
  fields: [...OWN_FIELDS, ...SPAN_FIELDS],
};

/** The evidence in a record, in the order of its texts; empty where no dialect takes it. Never throws. */
export function readEvidence(record: SourceRecord): Evidence[] {
  return readRecord(record).evidence;
}

/** What a record says: of the end of a stream, and of what was around it. */
export interface RecordReading {
  readonly evidence: Evidence[];
  /** Who is where, who started or stopped, what else was served: worth keeping only near evidence. */
  readonly context: Evidence[];
}

/** The evidence in a record and, where there is none, what it says beside. Never throws. */
export function readRecord(record: SourceRecord): RecordReading {
  const own = readStreamscope(record);
  if (own !== null) return { evidence: [own], context: [] };
  const named = withoutUserData(withOwnName(record));
  const evidence = readKitex(named);
  if (evidence.length === 0 && record.span !== undefined)
    return { evidence: [readSpan(named, record.span)], context: [] };
  if (!evidence.every(isOfAnyProgram)) return { evidence, context: [] };
  const said = readLine(named);
  const ends = said.filter(({ type }) => type === "claim" || type === "answer" || type === "decision");
  if (ends.length > 0) return { evidence: ends, context: [] };
  return { evidence, context: evidence.length > 0 ? [] : said };
}

/** A limit of whoever writes it, whatever code stands around it. */
const TOO_LARGE = /exceeds max receive message size/;

/** What an answer of gRPC says that is no answer: the library of whoever writes it ended the call. */
const OWN_ENDS: ReadonlySet<Says> = new Set(["act", "timer"]);

/** A status that every gRPC hands on, a context that any program in Go has: the words around it say more. */
function isOfAnyProgram(evidence: Evidence): boolean {
  if (evidence.type === "answer") {
    const entry = evidence.dialect === "grpc" && !evidence.returned ? BUILT_IN.entryOf(evidence.text) : null;
    return entry !== null && !ORDINARY_WORDS.has(entry) && OWN_ENDS.has(entry.says);
  }
  if (evidence.type !== "claim") return false;
  if (TOO_LARGE.test(evidence.text)) return true;
  return evidence.knowledge === "hearsay" || (evidence.dialect === "go-context" && evidence.operation !== "context");
}

/** True where a record without evidence is worth counting: it has a word that cancels are told with. */
export function smellsOfCancel(record: SourceRecord): boolean {
  return record.texts.some((text) => {
    const small = text.toLowerCase();
    return SMELLS.some((smell) => small.includes(smell));
  });
}

const SMELLS = [...prefilter.smells.map((smell) => smell.toLowerCase()), "deadline_exceeded", "timed out", "aborted"];
