/**
 * The one sentence about a cascade.
 */
import { type Cascade, type Confidence, type Kind, type Origin, type Overruled, printable } from "../model/index.ts";
import { becauseClause, howWord, limitWords, namedOutside, outsideParty, saidWord } from "./answer.ts";
import { shownName } from "./columns.ts";
import { timerWords } from "./timer.ts";

/** What a service did that started a cascade, as the end of a sentence that begins with its name. */
const DEEDS: Readonly<Record<Kind, string>> = {
  cancel: "its own code cancelled the call",
  deadline: "its timeout ran out",
  disconnect: "it died or lost its connection",
  reset: "it reset the stream",
  shutdown: "it was shutting down",
  "handler-return": "its handler returned while its streams were still open",
  error: "it answered with an error, which by itself cancels no stream",
};

/**
 * Says who started a cascade and how, for example `chat started it: its timeout ran out (code 12015)`, or `Started by the HTTP client of
 * gateway, first seen at gateway: a connection was lost (code 12013)`.
 */
export function headline(cascade: Cascade): string {
  const { origin } = cascade;
  const code = origin.code === null ? "" : ` (code ${origin.code})`;
  const clause = becauseClause(cascade);
  if (origin.overruled !== undefined) return `${starter(origin)}, ${saidClause(origin.overruled)}`;
  return `${starter(origin)}: ${deed(cascade)}${code}${clause === "" ? "" : `, ${clause}`}`;
}

/**
 * Who started it, as the beginning of a sentence: `chat started it`, `Probably chat started it`, `Started by a caller of chat that left no
 * log`, `Origin unknown`.
 */
export function starter(origin: Origin): string {
  const { service, kind } = origin;
  const outside = outsideParty(origin);
  if (outside !== null)
    return hedged(origin, `Started by ${outside}${service === null ? "" : `, first seen at ${service}`}`, true);
  if (service === null) return "Origin unknown";
  return hedged(origin, `${service} ${kind === "error" ? "failed" : "started it"}`);
}

const HEDGES: Readonly<Partial<Record<Confidence, string>>> = { weak: "Probably", guess: "Perhaps" };

/** The same as a fact only where it is one. A name keeps its letters; a first word that is none becomes small. */
function hedged({ confidence, overruled }: Origin, said: string, beginsWithWord = false): string {
  const hedge = overruled === undefined ? HEDGES[confidence] : undefined;
  if (hedge === undefined) return said;
  return `${hedge} ${beginsWithWord ? said.charAt(0).toLowerCase() + said.slice(1) : said}`;
}

/** What the origin did, as the end of a sentence that {@link starter} begins. */
export function deed(cascade: Cascade): string {
  const { origin } = cascade;
  const named = origin.service !== null && outsideParty(origin) === null;
  const known = !named ? null : origin.kind === "deadline" ? timerWords(cascade) : limitWords(origin);
  return known ?? (named ? DEEDS : NAMELESS_DEEDS)[origin.kind];
}

/** A service with its other names: `gateway (pod prod-web-gateway-svc)`. Safe to print. */
export function shownService(name: string | null, aliases: readonly string[] = []): string {
  const more = aliases.length - MAX_ALIASES;
  const others = aliases.slice(0, MAX_ALIASES).map(printable).join(", ");
  return `${shownName(name)}${others === "" ? "" : ` (${others}${more > 0 ? `, and ${more} more` : ""})`}`;
}

const MAX_ALIASES = 3;

const NAMELESS_DEEDS: Readonly<Record<Kind, string>> = {
  cancel: "a caller cancelled",
  deadline: "a timeout ran out",
  disconnect: "a connection was lost",
  reset: "a peer reset the stream",
  shutdown: "a server was shutting down",
  "handler-return": "a handler returned while its streams were still open",
  error: "a call failed",
};

/**
 * The answer as a sentence: `gateway cancelled because the user left.`, `The HTTP client of gateway left; gateway is the first to show
 * it.`, `Nobody says who started it: a connection was lost (code 12013).`
 */
export function sentence(cascade: Cascade): string {
  const { origin } = cascade;
  const code = origin.code === null ? "" : ` (code ${origin.code})`;
  const clause = becauseClause(cascade);
  if (origin.overruled !== undefined)
    return `${shownName(origin.service)} started it, ${saidClause(origin.overruled)}.`;
  const outside = namedOutside(origin);
  if (outside !== null) {
    const seen = origin.service === null ? "" : `; ${shownName(origin.service)} is the first to show it`;
    const who = printable(outside);
    const said = `${who.charAt(0).toUpperCase()}${who.slice(1)} ${howWord(origin)}${clause === "" ? "" : ` ${clause}`}${seen}.`;
    return hedged(origin, said, true);
  }
  if (origin.service === null) return `Nobody says who started it: ${deed(cascade)}${code}.`;
  const name = `${shownName(origin.service)} ${howWord(origin)}`;
  return hedged(origin, clause === "" ? `${name}: ${deed(cascade)}${code}.` : `${name} ${clause}.`);
}

/** `said by you: pod killed; the evidence says chat`. */
function saidClause(overruled: Overruled): string {
  const { was } = overruled;
  return `${saidWord(overruled)}; the evidence ${was === null ? "names nobody" : `says ${shownName(was)}`}`;
}
