/** Record in, evidence out: which dialect reads it, the built-in ones and a user's own. */
import type { Evidence, Prefilter, SourceRecord } from "../model/index.ts";
import { type Entry, ORDINARY_WORDS, type Says } from "./catalogue/index.ts";
import { FIGURES, NEEDLES, WORDINGS, wordingsOf } from "./dialects.ts";
import { CALL_FIELDS } from "./field-roles.ts";
import { readKitex } from "./kitex.ts";
import { BUILT_IN, Lexicon } from "./lines/lexicon.ts";
import { lineTextOf } from "./lines/line-text.ts";
import { readLine } from "./lines/read-line.ts";
import { SPAN_CALL_FIELDS, SPAN_FIELDS } from "./otel/attributes.ts";
import { ENDING_SIGNS, quietEndingOf } from "./otel/quiet-ending.ts";
import { readSpan } from "./otel/read-span.ts";
import { quotesLine } from "./quoted-lines.ts";
import { remember } from "./remember.ts";
import { SMELLS, smellsOfCancel } from "./smells.ts";
import { OWN_FIELDS, readStreamscope, withOwnName } from "./streamscope.ts";
import { withoutUserData } from "./user-data.ts";
import { type Wording, wordingsIn } from "./wordings.ts";

/** What a record says: of the end of a stream, and of what was around it. */
export interface RecordReading {
  readonly evidence: readonly Evidence[];
  /** Who is where, who started or stopped, what else was served: worth keeping only near evidence. */
  readonly context: readonly Evidence[];
  /** True for a record that has the words of a cancel, and that no dialect explains. */
  readonly unexplained: boolean;
}

/** The dialects that a reading knows. */
export interface Dialects {
  /** What a source must look for so that no dialect misses a line. */
  readonly prefilter: Prefilter;
  /** The evidence in a record and, where there is none, what it says beside. Never throws. */
  readonly readRecord: (record: SourceRecord) => RecordReading;
  /**
   * True for a record without the words of a grammar, or of a user: whether it is evidence does not depend on its figures, see
   * {@link Prefilter.figures}.
   */
  readonly isOrdinary: (record: SourceRecord) => boolean;
  /** The first wording that fits a text. */
  readonly entryOf: (text: string) => Entry | null;
  /** The wordings in a text, the surest first. Never throws. */
  readonly wordingsIn: (text: string) => Wording[];
}

/** Makes the dialects of a reading; `own` are a user's, which come before those that are built in. */
export function createDialects(own: readonly Entry[] = []): Dialects {
  const lexicon = own.length === 0 ? BUILT_IN : new Lexicon(own);
  const special = [...NEEDLES, ...wordingsOf(own)].map((word) => word.toLowerCase());
  return {
    prefilter: {
      needles: NEEDLES,
      wordings: [...WORDINGS, ...wordingsOf(own)],
      smells: SMELLS,
      figures: FIGURES,
      callFields: [...CALL_FIELDS, ...SPAN_CALL_FIELDS],
      fields: [...OWN_FIELDS, ...SPAN_FIELDS],
      endingOf: quietEndingOf,
      endings: ENDING_SIGNS,
    },
    isOrdinary: ({ texts }) => {
      const all = texts.map((text) => text.toLowerCase());
      return !special.some((word) => all.some((text) => text.includes(word)));
    },
    readRecord: (record) => {
      const reading = readRecord(record, lexicon);
      return reading.evidence.length > 0 && quotesLine(record) ? HEARSAY : reading;
    },
    entryOf: (text) => lexicon.entryOf(text),
    wordingsIn: (text) => wordingsIn(text, lexicon),
  };
}

const NOTHING: readonly never[] = [];

function readRecord(record: SourceRecord, lexicon: Lexicon): RecordReading {
  const ofStreamscope = readStreamscope(record);
  if (ofStreamscope !== null) return { evidence: [ofStreamscope], context: NOTHING, unexplained: false };
  const named = withoutUserData(withOwnName(record));
  const isUsers = record.span === undefined && lexicon.hasOwn && lexicon.knowsItself(lineTextOf(named).words);
  const evidence = isUsers ? NOTHING : readKitex(named);
  if (evidence.length === 0 && record.span !== undefined)
    return { evidence: [readSpan(named, record.span)], context: NOTHING, unexplained: false };
  const contextOnly = evidence.length > 0 && evidence.every(isOfSomeContext);
  if (!contextOnly && !evidence.every(isOfAnyProgram)) return { evidence, context: NOTHING, unexplained: false };
  const { said, known } = readLine(named, lexicon);
  const ends = said.filter(({ type }) => type === "claim" || type === "answer" || type === "decision");
  // Where others have paths and codes it is a handler's of theirs, else any program's: what stands around it tells
  if (contextOnly) return { evidence: [...evidence, ...ends], context: NOTHING, unexplained: false };
  if (ends.length > 0) return { evidence: ends, context: NOTHING, unexplained: false };
  const nothing = evidence.length === 0;
  return { evidence, context: nothing ? said : NOTHING, unexplained: nothing && !known && smellsOfCancel(named) };
}

/** What somebody tells of another program's line is hearsay: it stands for nobody, and is told as what is not explained. */
const HEARSAY: RecordReading = { evidence: NOTHING, context: NOTHING, unexplained: true };

/** A limit of whoever writes it, whatever code stands around it. */
const isTooLarge = remember((text) => text.includes("exceeds max receive message size"));

/** What an answer of gRPC says that is no answer: the library of whoever writes it ended the call. */
const OWN_ENDS: ReadonlySet<Says> = new Set(["act", "timer"]);

/** The end of a handler's context: every server in Go has one. */
function isOfSomeContext(evidence: Evidence): boolean {
  return evidence.type === "claim" && evidence.dialect === "go-context" && evidence.operation === "context";
}

/** A status that every gRPC hands on, a context that any program in Go has: the words around it say more. */
function isOfAnyProgram(evidence: Evidence): boolean {
  if (evidence.type === "answer") {
    const entry = evidence.dialect === "grpc" ? BUILT_IN.entryOf(evidence.text) : null;
    if (entry === null || ORDINARY_WORDS.has(entry)) return false;
    // What the server had said before travels with the status
    return (entry.says === "callee" && entry.specific === true) || (!evidence.returned && OWN_ENDS.has(entry.says));
  }
  if (evidence.type !== "claim") return false;
  if (isTooLarge(evidence.text)) return true;
  return evidence.knowledge === "hearsay" || (evidence.dialect === "go-context" && evidence.operation !== "context");
}
