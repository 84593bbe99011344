/** Record in, evidence out, for Kitex: ttstream, Kitex gRPC, business status errors, Kitex's own lines and spans of its tracing suite. */
import {
  type Claim,
  CONVENTION,
  type Evidence,
  RPC_SYSTEM,
  type SourceRecord,
  type Testimony,
} from "../model/index.ts";
import { httpClientOf } from "../ttstream/index.ts";
import {
  type AnswerText,
  addressIn,
  type CancelText,
  classify,
  classifyWrapped,
  type ErrorText,
  subjectOf,
  THIS_EDGE,
} from "./classify.ts";
import { findKitexErrors, type KitexError, maybeKitexErrors } from "./grammars.ts";
import { type KitexLine, maybeKitexLine, readKitexLine } from "./kitex-lines.ts";
import { factsOfRecord, NEAR, type RecordFacts, type WordFacts, wordFactsOf } from "./record-facts.ts";
import { remember } from "./remember.ts";
import { NO_FACTS, testimonyOf } from "./testimony.ts";
import { maybeTornHead, tornErrorIn } from "./torn-heads.ts";

const NOTHING: readonly never[] = [];

/** Evidence of a record; empty where no dialect of Kitex takes it. Never throws. */
export function readKitex(record: SourceRecord): readonly Evidence[] {
  let evidence: readonly Evidence[] = NOTHING;
  for (const text of record.texts) {
    const said = readText(record, text);
    if (said.length > 0) evidence = evidence.length === 0 ? said : [...evidence, ...said];
  }
  return record.texts.length === 1 && record.span === undefined ? evidence : withoutRepetitions(evidence);
}

/** A record says of one text the same thing once. */
function withoutRepetitions(evidence: readonly Evidence[]): readonly Evidence[] {
  if (evidence.length < 2) return evidence;
  const said = new Set<string>();
  return evidence.filter((each) => {
    const key = `${each.type === "claim" ? each.observation : each.type} ${each.text}`;
    const fresh = !said.has(key);
    said.add(key);
    return fresh;
  });
}

/** What a text says by itself, whoever wrote it. */
interface Reading {
  /** The text itself: evidence of the same words shares it. */
  readonly text: string;
  readonly line: KitexLine | null;
  readonly errors: readonly FoundError[];
}

/** An error in a text, and what the words of the text before it say. */
interface FoundError {
  readonly said: ErrorText;
  readonly anyGrpc: boolean;
  readonly before: string;
  readonly words: WordFacts;
}

/** True for an error that every gRPC in Go writes the same way. */
function isOfAnyGrpc({ fields, inner }: KitexError): boolean {
  return inner === null && (fields.dialect === "grpc-conn" || (fields.dialect === "grpc" && fields.word));
}

/** True for a span that another tracer than Kitex's made: of what is said there only Kitex's own texts are Kitex's. */
function isForeignSpan({ span, fields }: SourceRecord): boolean {
  if (span === undefined) return false;
  const system = fields.get("rpc.system") ?? fields.get(CONVENTION.rpcSystem);
  return system !== RPC_SYSTEM;
}

/** Lines of Kitex that tell of no error, whatever they look like. */
const NO_ERRORS: ReadonlySet<KitexLine["line"]> = new Set(["harmless", "serving", "listening"]);

const readingOf = remember((text): Reading => {
  const line = readKitexLine(text);
  const errors = line !== null && NO_ERRORS.has(line.line) ? errorsBelow(text) : findKitexErrors(text);
  const torn = line === null && errors.length === 0 && maybeTornHead(text) ? tornErrorIn(text) : null;
  return {
    text,
    line,
    errors:
      torn === null
        ? errors.map((error) => foundIn(text, error))
        : [{ ...foundIn(text, torn), said: cut(classify(torn)) }],
  };
});

/** The errors below the first line: what follows without a time of its own is taken for the rest of a line. */
function errorsBelow(text: string): KitexError[] {
  const end = text.indexOf("\n");
  if (end < 0) return [];
  const rest = text.slice(end + 1);
  const own = findKitexErrors(rest).filter(({ at }) => {
    const lineEnd = rest.indexOf("\n", at);
    const line = readKitexLine(rest.slice(rest.lastIndexOf("\n", at) + 1, lineEnd < 0 ? rest.length : lineEnd));
    return line === null || !NO_ERRORS.has(line.line);
  });
  return own.map((error) => ({ ...error, at: error.at + end + 1 }));
}

function foundIn(text: string, error: KitexError): FoundError {
  const before = text.slice(Math.max(0, error.at - NEAR), error.at);
  return { said: saidBehind(before, error), anyGrpc: isOfAnyGrpc(error), before, words: wordFactsOf(before) };
}

function cut(said: ErrorText): ErrorText {
  return said.type === "claim" ? { ...said, cutShort: true } : said;
}

/** The end of an error's groups, and what stands before the error that it wraps. */
const REST_OF_OUTER = /(?:eam|\[canceled path: [^\]\n]*)\] (?:biz error|panic): $/;
/** What stands where the middle of a line was taken out: between two words, or within one; or an error that began and was taken out with it. */
const GAP = /(?:\S ?(?: \.{3,4} |\[\.{3}\]|<\.{3}>|\u2026) ?|\w\.{3}(?=\w|$))[^\n]*$|\[tts[^\]\n]*$/;

/** What an error says behind these words: of a text that was parted what it wraps may have come to stand alone, and its writer is another one. */
function saidBehind(before: string, error: KitexError): ErrorText {
  if (REST_OF_OUTER.test(before)) return classifyWrapped(error);
  const said = classify(error);
  return GAP.test(before) ? cut(said) : said;
}

function readText(record: SourceRecord, given: string): readonly Evidence[] {
  const foreign = isForeignSpan(record);
  // One that says nothing is not worth remembering: messages are many, errors few
  if (!maybeKitexLine(given) && !maybeKitexErrors(given) && !maybeTornHead(given))
    return foreign ? NOTHING : readPlain(record, given);
  const { text, line, errors: all } = readingOf(given);
  const errors = foreign ? all.filter(({ anyGrpc }) => !anyGrpc) : all;
  if (line !== null && NO_ERRORS.has(line.line))
    return [...factsOf(record, text, line), ...evidenceIn(record, text, errors)];
  if (line?.line === "handler-error") {
    const said = errors[0]?.said ?? plainFailure(line.body);
    return [evidenceOf(record, text, said, handlerFacts, { echo: true, serves: true })];
  }
  if (line?.line === "client-end") {
    return errors
      .slice(0, 1)
      .map(({ said }) =>
        evidenceOf(record, text, clientEnd(said), ownFacts(record, ""), { echo: true, serves: false }),
      );
  }
  if (errors.length === 0) return foreign ? NOTHING : readPlain(record, text);
  return evidenceIn(record, text, errors);
}

/** What a line says that tells of no error. */
function factsOf(record: SourceRecord, text: string, line: KitexLine): Evidence[] {
  if (line.line === "listening") return [listening(record, text, line.address)];
  return [callFact(record, text, line.line === "serving")];
}

function evidenceIn(record: SourceRecord, text: string, errors: readonly FoundError[]): Evidence[] {
  // The text that a handler returned, as the tracing suite writes it on its server span.
  const returned = record.span?.kind === "server";
  return errors.map((error) => {
    const { said } = error;
    const facts = ownFacts(record, wordsBefore(record, text, error));
    return evidenceOf(record, text, withSide(said, facts, returned), facts, {
      echo: returned || (text.startsWith("KITEX: ") && !error.before.includes("\n")),
      serves: returned,
    });
  });
}

const handlerFacts: RecordFacts = { ...NO_FACTS, operation: "handler" };

/** A server span names its caller as the peer; here a peer is always the other end of an outgoing stream. */
function ownFacts(record: SourceRecord, words: string | WordFacts): RecordFacts {
  const facts = factsOfRecord(record, words);
  return record.span?.kind === "server" ? { ...facts, peer: null, peerHint: null } : facts;
}

/** Everything that is said before the error: its own line and the other texts of the record. */
function wordsBefore(record: SourceRecord, text: string, { before, words }: FoundError): string | WordFacts {
  if (record.texts.length === 1) return words;
  let others = "";
  for (const other of record.texts)
    if (other !== text && other.length < 400) others = others === "" ? other : `${others} ${other}`;
  if (others === "") return words;
  // Nothing depends on the space behind them, and a text that is put together anew costs more than what is looked for in it
  return before === "" && others.length < NEAR ? others : `${others} ${before}`;
}

/** gRPC's text is the same on both sides of a service. If a record names a peer, it is about the stream to that peer. */
function withSide(said: ErrorText, facts: RecordFacts, returned: boolean): ErrorText {
  if (said.dialect !== "grpc" || facts.peer === null || returned) return said;
  return said.type === "claim" && (said.observation === "returned" || said.observation === "received")
    ? clientEnd(said)
    : said;
}

/** What Kitex's gRPC client writes when it ends a stream is about its own end of it. */
function clientEnd(said: ErrorText): ErrorText {
  if (said.type === "answer") return { ...said, side: "client" };
  const observation =
    said.observation === "returned" ? "started" : said.observation === "received" ? "relayed" : said.observation;
  return { ...said, observation, about: observation === "lost" ? said.about : subjectOf(observation), side: "client" };
}

const PLAIN_DIAL = "remote or network error";

/** Errors without any of the markers: a refused dial, Go's own context errors. */
function readPlain(record: SourceRecord, text: string): readonly Evidence[] {
  const trimmed = text.trim();
  if (trimmed.includes(PLAIN_DIAL)) {
    const said = {
      ...plainFailure(trimmed),
      kind: "disconnect" as const,
      side: "client" as const,
      address: addressIn(trimmed),
    };
    return [evidenceOf(record, text, said, ownFacts(record, trimmed), { echo: false, serves: false })];
  }
  const word = /(?:^|: )(context canceled|context deadline exceeded)$/.exec(trimmed)?.[1];
  if (word === undefined) return NOTHING;
  const words = record.texts.join(" ");
  const facts = ownFacts(record, words.replaceAll(word, " "));
  if (facts.operation === null) return NOTHING;
  const own = facts.peer !== null;
  return [evidenceOf(record, text, contextError(word, own), facts, { echo: false, serves: !own })];
}

/** What Go's context says: at a handler the end of its own context, beside a named peer the end of the stream to it. */
function contextError(word: string, own: boolean): CancelText {
  return {
    type: "claim",
    dialect: "go-context",
    observation: own ? "started" : "received",
    about: own ? "self" : "caller",
    knowledge: "reading",
    kind: word === "context canceled" ? "cancel" : "deadline",
    code: null,
    side: own ? "client" : "server",
    path: null,
    foreignPath: false,
    message: word,
    caller: null,
    address: null,
    carriesDeadlines: true,
    ownSetting: false,
    breaksConnection: false,
  };
}

function plainFailure(text: string): AnswerText {
  return {
    type: "answer",
    dialect: "kitex",
    kind: "error",
    code: null,
    side: "server",
    message: text.split("\n", 1)[0]?.replace(/^(?:biz error|panic): /, "") ?? "",
    told: null,
    returned: false,
    afterEnd: false,
    carriesDeadlines: false,
    address: null,
  };
}

/** A line that is no cancel and still says who is where. */
function callFact(record: SourceRecord, text: string, serves: boolean): Evidence {
  return { ...testimonyOf(record, "kitex", text, NO_FACTS), type: "call", echo: true, serves };
}

function listening(record: SourceRecord, text: string, address: string): Evidence {
  const said = testimonyOf(record, "kitex", text, NO_FACTS);
  return {
    ...said,
    type: "process",
    happened: "started",
    saidBy: null,
    address,
    side: "server",
    serves: true,
    echo: true,
  };
}

function evidenceOf(
  record: SourceRecord,
  text: string,
  said: ErrorText,
  facts: RecordFacts,
  marks: { readonly echo: boolean; readonly serves: boolean },
): Evidence {
  const serves = marks.serves || (said.side === "server" && said.type === "claim" && said.observation === "received");
  const testimony = testimonyOf(record, said.dialect, text, facts);
  if (said.type === "answer") return { ...testimony, ...said, echo: marks.echo, serves };
  const claim = claimOf(testimony, said, marks.echo, serves);
  const { external, intent, cutShort } = said;
  if (external === undefined && intent === undefined && cutShort === undefined && testimony.stepMs === undefined)
    return claim;
  return {
    ...claim,
    ...(testimony.stepMs === undefined ? {} : { stepMs: testimony.stepMs }),
    ...(external === undefined
      ? {}
      : { external: external === THIS_EDGE && record.service !== null ? httpClientOf(record.service) : external }),
    ...(intent === undefined ? {} : { intent }),
    ...(cutShort === undefined ? {} : { cutShort }),
  };
}

/** Both together, but for what most claims do not have. Field by field, and of one shape: they are made by the million. */
function claimOf(testimony: Testimony, said: CancelText, echo: boolean, serves: boolean): Claim {
  return {
    dialect: testimony.dialect,
    service: testimony.service,
    serviceFrom: testimony.serviceFrom,
    otherNames: testimony.otherNames,
    peer: testimony.peer,
    peerHint: testimony.peerHint,
    address: said.address,
    serves,
    side: said.side,
    operation: testimony.operation,
    method: testimony.method,
    at: testimony.at,
    traceId: testimony.traceId,
    spanId: testimony.spanId,
    parentSpanId: testimony.parentSpanId,
    request: testimony.request,
    cancelId: testimony.cancelId,
    echo,
    text: testimony.text,
    place: testimony.place,
    type: "claim",
    observation: said.observation,
    about: said.about,
    knowledge: said.knowledge,
    kind: said.kind,
    code: said.code,
    path: said.path,
    foreignPath: said.foreignPath,
    message: said.message,
    caller: said.caller,
    carriesDeadlines: said.carriesDeadlines,
    ownSetting: said.ownSetting,
    breaksConnection: said.breaksConnection,
  };
}
