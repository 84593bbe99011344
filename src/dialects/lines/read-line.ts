/**
 * A line of any program to evidence: the first wording of the catalogue that fits makes its claim, and what joins it to other lines goes
 * with it.
 */
import type { Claim, Evidence, FailedAnswer, Kind, Sighting, SourceRecord, Testimony } from "../../model/index.ts";
import { type Entry, ORDINARY_WORDS, type Says } from "../catalogue/index.ts";
import { factsOfRecord } from "../record-facts.ts";
import { ENOUGH_INTENT, STOP_INTENT, saysEnough, saysStop } from "../stop-words.ts";
import { testimonyOf } from "../testimony.ts";
import { aboutWhom } from "./about-whom.ts";
import { type AccessLine, readAccessLine } from "./access/access-line.ts";
import { requestIn } from "./access/fields.ts";
import type { Lexicon } from "./lexicon.ts";
import { answeredIn, durationsOf, isPublic, marksOf, type Neighbours, neighboursOf, roleOf } from "./line-facts.ts";
import { lineTextOf } from "./line-text.ts";
import { isOwnTimer, saysByFrames } from "./stack-frames.ts";

const NO_PROGRAM = "words";
/** What a line is known by among others; longer ones are cut. */
const MAX_TEXT_LENGTH = 400;

/** Process and thread, as nginx and what is made of it write them in front of every line of their error log. */
const NGINX_ERROR_LOG = /^\d+#\d+: /;

/** What a line says. */
export interface LineReading {
  /** Claims, or what only says who is where; empty for a line without words. */
  readonly said: Evidence[];
  /** True for a line that is known to end nothing, whatever its words: a request that ended well, an order that was cancelled. */
  readonly known: boolean;
}

const NO_WORDS: LineReading = { said: [], known: false };

/** Reads a line of any program. Never throws. */
export function readLine(record: SourceRecord, lexicon: Lexicon): LineReading {
  if (record.span !== undefined || record.texts.length + record.fields.size === 0) return NO_WORDS;
  const { words, frames } = lineTextOf(record);
  if (words === "") return NO_WORDS;
  const access = readAccessLine(record, words);
  const { side, serves } = roleOf(words, frames);
  const neighbours = neighboursOf(words, access?.served === true);
  const facts = factsOfRecord(record, words);
  const peers = facts.peer === null ? [] : [facts.peer];
  const calls = [...new Set([...peers, ...neighbours.calls, ...(access?.calls ?? [])])];
  const sighting: Sighting = {
    marks: marksOf(record, words, access?.ids),
    durationsMs: access?.durationMs == null ? durationsOf(words) : [access.durationMs],
    silentTimersMs: access?.silentTimersMs ?? [],
    generic: false,
    alone: false,
    proxy: access?.proxy ?? NGINX_ERROR_LOG.test(words),
    publicClient: isPublic(access?.client ?? /\bclient: ([\d.]+)/.exec(words)?.[1] ?? ""),
    route: access?.route ?? routeIn(record, words),
    ...(access?.status == null ? {} : { status: access.status }),
    answered: answeredIn(words),
    calls,
    calledBy: neighbours.calledBy,
    listens: neighbours.listens,
  };
  const testimony: Testimony = {
    ...testimonyOf(record, NO_PROGRAM, words.slice(0, MAX_TEXT_LENGTH), facts),
    at: endOf(record, access),
    side,
    serves: serves || access?.served === true,
    sighting,
  };
  const started = startIn(testimony, neighbours, words);
  if (started !== null) return { said: [started], known: false };
  const asked = decisionIn(testimony, words, access);
  const entry = entryIn(lexicon, words, access);
  const claim = claimIn(testimony, sighting, { lexicon, entry, access, debug: isDebug(record), words, frames });
  const found = [asked, claim].filter((each) => each !== null);
  const known = access !== null || entry?.says === "nothing";
  return { said: found.length > 0 ? found : [{ ...testimony, type: "call" }], known };
}

/** The status of a request that was served here is the writer's own answer, and none that it got. */
function entryIn(lexicon: Lexicon, words: string, access: AccessLine | null): Entry | null {
  const entry = lexicon.entryOf(words);
  if (access?.served !== true || entry?.says !== "between") return entry;
  return lexicon.entriesOf(words).find(({ says }) => says !== "between") ?? null;
}

/** An access line of some proxies stands at the beginning of its request. */
function endOf({ at }: SourceRecord, access: AccessLine | null): Testimony["at"] {
  if (at === null || access?.timedAtStart !== true || access.durationMs === null) return at;
  return at + BigInt(Math.round(access.durationMs * 1e6));
}

const ROUTE = /\b(GET|POST|PUT|PATCH|DELETE) (?:https?:\/\/[^\s/"]+)?(\/[^\s?"]*)/;

function routeIn({ fields }: SourceRecord, words: string): Sighting["route"] {
  const match = ROUTE.exec(words);
  if (match !== null) return { method: match[1] as string, path: match[2] as string };
  // A logger that belongs to a request repeats it in each of its lines
  const request = requestIn(fields);
  if (request === null || !request.path.startsWith("/")) return null;
  return { method: request.method, path: request.path.split("?", 1)[0] as string };
}

function isDebug({ fields, texts }: SourceRecord): boolean {
  const level = fields.get("level") ?? fields.get("severity") ?? "";
  return /^(?:debug|trace|dbg|trc|10|20)$/i.test(level) || /^D \d{4}-/.test(texts[0] ?? "");
}

const STOP_ROUTE =
  /\b(?:POST|PUT|PATCH) (?:https?:\/\/[^\s/"]+)?\S*\/(?:stop|cancel|abort|interrupt|terminate)(?=["\s?]|$)|\bDELETE (?:https?:\/\/[^\s/"]+)?\S*\/(?:runs|jobs|tasks|streams|generations|turns|completions)\/[^\s"]+/;

/** Somebody asked for the stop by a request or a button, and was not turned away. */
function decisionIn(testimony: Testimony, words: string, access: AccessLine | null): Evidence | null {
  const { route, marks } = testimony.sighting as Sighting;
  const asked = route !== null && STOP_ROUTE.test(`${route.method} ${route.path}`);
  if (asked && access !== null && access.status !== null && access.status >= 400) return null;
  if (!asked && saysEnough(words)) return { ...testimony, type: "decision", intent: ENOUGH_INTENT, external: null };
  if (!asked && !saysStop(words, marks.length > 0)) return null;
  const external = asked ? `whoever sent ${route.method} ${route.path}` : "whoever asked for the stop";
  return { ...testimony, type: "decision", intent: STOP_INTENT, external };
}

/** Go's server names whom it was serving. */
const PANIC = /\bpanic serving\b/;
const STARTED =
  /\b(?:listening|serving|server listen at|running on|server started|startup complete|started server process|ready to accept|start worker process)/i;

function startIn(testimony: Testimony, { listens, started }: Neighbours, words: string): Evidence | null {
  if (PANIC.test(words) || (!started && !STARTED.test(words))) return null;
  return {
    ...testimony,
    type: "process",
    happened: "started",
    saidBy: null,
    address: listens,
    serves: true,
    side: "server",
  };
}

interface Reading {
  readonly says: Says;
  readonly kind: Kind;
  readonly entry: Entry | null;
  /** The software, where the line names it; null where its words are anybody's. */
  readonly product: string | null;
  readonly specific: boolean;
  /** True where the text may have come with an answer. */
  readonly handed?: boolean;
  readonly external: string | null;
}

/** What a line is read by. */
interface Found {
  readonly entry: Entry | null;
  readonly access: AccessLine | null;
  readonly debug: boolean;
  readonly words: string;
  readonly lexicon: Lexicon;
  readonly frames: string;
}

function claimIn(testimony: Testimony, sighting: Sighting, found: Found): Evidence | null {
  const { entry, access, debug } = found;
  // Wordings that only one program writes are believed at any level, as what a proxy says of its own timers; other words for debugging are not
  const isOwn =
    entry !== null && entry.proxy === true && (entry.specific === true || entry.silentTimersMs !== undefined);
  if (debug && (!isOwn || ORDINARY_WORDS.has(entry))) return null;
  const read = readingOf(entry, access);
  if (read === null) return null;
  const handed = entry?.travels === true && !isOwnTimer(found.frames);
  const reading = { ...read, says: saysByFrames(read.says, found.words, found.frames), handed };
  return evidenceOf(testimony, { ...sighting, ...factsOf(reading, sighting, found) }, reading);
}

/** A proxy's own word for the end of a request says more than the words in the request's line, which may be those of its path. */
function readingOf(entry: Entry | null, access: AccessLine | null): Reading | null {
  const surer = access?.end?.says === "answer" && entry?.specific === true;
  if (access !== null && !surer && (access.end !== null || entry === null || ORDINARY_WORDS.has(entry))) {
    if (access.end === null) return null;
    const { says, kind, specific = false, external = null } = access.end;
    return { says, kind, specific, external, entry: null, product: access.product };
  }
  if (entry === null || entry.says === "nothing") return null;
  const { says, kind, specific = false, external = null, product } = entry;
  return { says, kind, entry, specific, external, product: product.startsWith("any") ? null : product };
}

/** An attempt that is made again ended nobody's request, if nobody else says so. */
const TRIED_AGAIN =
  /\b(?:retrying|will (?:be )?retr(?:y|ied)|trying again|retry (?:in|scheduled|queued|planned)|scheduling (?:a )?retry)\b/i;
/** What failed was beside the request, which went on. */
const WENT_ON =
  /\b(?:continuing|proceeding|going on|carrying on|moving on) (?:without|anyway|with(?:out)? (?:the |a |an )?(?:default|cached|stale|empty|fallback))\b|\b(?:falling|fell) back to\b|\busing (?:the |a )?(?:default|cached|stale|fallback)\b|\bnon-?fatal\b|\bbest[- ]effort\b/i;

function factsOf({ entry }: Reading, sighting: Sighting, { lexicon, words }: Found): Partial<Sighting> {
  if (entry === null) return {};
  const { silentTimersMs, marks } = sighting;
  const handsOn = entry.says === "caller" && lexicon.entriesOf(words).some(({ says }) => says === "act");
  return {
    ...(entry.ownIds === true ? { marks: marks.map((mark) => ({ ...mark, own: true as const })) } : {}),
    ...(TRIED_AGAIN.test(words) ? { dependent: true as const } : {}),
    ...(WENT_ON.test(words) ? { survived: true as const } : {}),
    generic: ORDINARY_WORDS.has(entry),
    ...(entry.proxy === true ? { proxy: true } : {}),
    ...(entry.dependent === true ? { dependent: true as const } : {}),
    ...(handsOn ? { handsOn: true as const } : {}),
    silentTimersMs: entry.silentTimersMs ?? silentTimersMs,
  };
}

function evidenceOf(given: Testimony, sighting: Sighting, reading: Reading): Evidence {
  const { entry, kind, specific } = reading;
  const side = entry?.side ?? given.side;
  const dialect = reading.product ?? NO_PROGRAM;
  // What is told of a handler is told by a server
  const serves = given.serves || (reading.says === "word" && entry?.side === "server");
  const testimony = { ...given, dialect, side, serves, sighting };
  const message = given.text;
  const external = reading.external?.replace("{service}", given.service ?? "this service");
  const claim = (more: Pick<Claim, "observation" | "about" | "knowledge">): Claim => ({
    ...testimony,
    type: "claim",
    ...more,
    kind,
    code: null,
    path: null,
    foreignPath: false,
    message,
    caller: null,
    carriesDeadlines: false,
    ownSetting: specific,
    breaksConnection: false,
    ...(external === undefined ? {} : { external }),
  });
  const answer = (returned: boolean): FailedAnswer => ({
    ...testimony,
    type: "answer",
    kind,
    code: null,
    message,
    told: null,
    returned,
    afterEnd: false,
    carriesDeadlines: false,
  });
  switch (reading.says) {
    case "timer":
    case "act":
    case "limit":
      return claim({
        observation: "started",
        about: "self",
        knowledge: specific && reading.handed !== true ? "fact" : "reading",
      });
    case "caller":
      return claim({ observation: "received", about: "caller", knowledge: "reading" });
    case "callee":
      return claim({ observation: "lost", about: "callee", knowledge: "reading" });
    case "lost":
      return side === "server" || CLIENT_WORDS.test(message)
        ? claim({ observation: "received", about: "caller", knowledge: "reading" })
        : claim({ observation: "lost", about: "callee", knowledge: "reading" });
    case "reset":
      return side === "server"
        ? claim({ observation: "received", about: "caller", knowledge: "reading" })
        : claim({ observation: "received", about: "connection", knowledge: "reading" });
    case "word":
      return claim({ observation: "started", about: "self", knowledge: "hearsay" });
    case "guess":
      return claim({ observation: "received", about: "connection", knowledge: "hearsay" });
    case "answer":
      return answer(true);
    case "refusal":
      return { ...answer(true), kind: "error" };
    case "between":
      return answer(false);
    case "stopping":
    case "crashed":
      return { ...testimony, type: "process", happened: reading.says, ...aboutWhom(given) };
    case "nothing":
      return { ...testimony, type: "call" };
  }
}

/** The program says itself that the other end was its client. */
const CLIENT_WORDS =
  /\b(?:client|caller|browser|downstream)\b.{0,40}\b(?:clos|left|gone|abort|disconnect|drop|reset|lost)|\b(?:sending|writing|streaming|flushing|send|write|flush)\b.{0,40}\bto (?:the |its |our )?(?:client|caller|browser|downstream)\b/i;
