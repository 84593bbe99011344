/**
 * The answer in the fewest words: who started it, how, because of what, and what would prove it where nobody says so.
 *
 * The columns of the screens, the sentences above the trees and the reports are all made of these.
 */
import { type Cascade, type Kind, type Origin, type Overruled, printable } from "../model/index.ts";
import { type Clock, clockTime, UTC_CLOCK } from "./clock.ts";
import { cut, shownName } from "./columns.ts";
import { isSure } from "./confidence.ts";
import { timerWords } from "./timer.ts";

/** What the starter did, as the word after its name. */
const HOW_WORDS: Readonly<Record<Kind, string>> = {
  cancel: "cancelled",
  deadline: "timed out",
  disconnect: "vanished",
  reset: "reset",
  shutdown: "shut down",
  "handler-return": "returned",
  error: "failed",
};

/** Words for what a caller may mean by a cancel; any other word of a log stands for itself. */
const INTENT_WORDS: Readonly<Record<string, string>> = {
  "user-left": "the user left",
  "user-stop": "the user pressed stop",
  stop: "a person asked to stop",
  hedge: "another answer came first",
  budget: "its budget was used up",
};

/** The reason in short where nothing better is known: the kind, as words about the starter. */
const PLAIN_REASONS: Readonly<Record<Kind, string>> = {
  cancel: "its own code",
  deadline: "its time is up",
  disconnect: "it died or lost its connection",
  reset: "it reset the stream",
  shutdown: "it was stopping",
  "handler-return": "its handler ended",
  error: "its call failed",
};

/** The party outside the logs that acted; null where there is none, or it only may have acted. */
export function outsideParty({ external }: Origin): string | null {
  return external === undefined || isHedged(external) ? null : external;
}

/** The same where the verdict is sure of it, or a service shows it: else nobody is known to have acted. */
export function namedOutside(origin: Origin): string | null {
  return origin.service === null && !isSure(origin.confidence) ? null : outsideParty(origin);
}

/** A party outside the logs that only may have acted (`perhaps a caller of chat that left no log`): no headline, but worth a line. */
export function doubtOutside({ external }: Origin): string | null {
  return external !== undefined && isHedged(external) ? external : null;
}

function isHedged(external: string): boolean {
  return external.startsWith("perhaps ");
}

/** Who started it, for a column: a service, the party outside, `? above chat`. Safe to print. */
export function starterName({ origin, reached }: Cascade): string {
  const outside = namedOutside(origin);
  if (outside !== null) return printable(outside.replace(/^the /, ""));
  if (origin.service !== null) return shownName(origin.service);
  const [first] = reached;
  if (origin.external !== undefined) return `? ${printable(standsAbove(partyInShort(origin.external)))}`;
  return first === undefined ? "?" : `? above ${shownName(first.service)}`;
}

/** Where a party without a name stands, in the words that say it where there is no party at all: `above agent`. */
function standsAbove(party: string): string {
  return party.replace(/^(?:unnamed peer above|caller of) /, "above ").replace(/^proxy without a name /, "proxy ");
}

/** A party outside in few words: `the callee of agent, which left no span` as `callee of agent`, callers of three as `caller of agent and 2 more`. */
export function partyInShort(party: string): string {
  return party
    .replace(/^perhaps /, "")
    .replace(/^(?:the|an?) /, "")
    .replace(/,? (?:which|that) left no (?:log|span)$/, "")
    .replace(/(?<= (?:above|of) [^,]+), .+$/, (others) => ` and ${others.split(", ").length - 1} more`);
}

/** What the starter did, in a word or two; a party outside left, or asked to stop. */
export function howWord(origin: Origin): string {
  if (namedOutside(origin) !== null) {
    if (origin.kind === "disconnect") return "left";
    if (origin.kind === "cancel") return "asked to stop";
  }
  return HOW_WORDS[origin.kind];
}

/** The word for a kind alone, as a history counts them; an unknown one stands for itself. */
export function howOfKind(kind: string): string {
  return Object.hasOwn(HOW_WORDS, kind) ? HOW_WORDS[kind as Kind] : printable(kind);
}

/** What somebody meant by the cancel, in words; null where nobody said. */
export function intentWords({ intent }: Origin): string | null {
  if (intent === undefined) return null;
  const known = Object.hasOwn(INTENT_WORDS, intent) ? INTENT_WORDS[intent] : undefined;
  return known ?? printable(intent);
}

/** Why the starter did it, for a column: the trigger, else what was meant, else the place in the code, else the kind's words. */
export function because(cascade: Cascade): string {
  const { origin, trigger } = cascade;
  if (origin.overruled !== undefined) return saidWord(origin.overruled);
  if (trigger !== undefined) return `${shownName(trigger.service)}: ${printable(trigger.text)}`;
  const intent = intentWords(origin);
  if (intent !== null) return intent;
  if (namedOutside(origin) !== null && origin.service !== null) return `seen at ${shownName(origin.service)}`;
  if (origin.callSite !== undefined) return printable(origin.callSite);
  const doubt = doubtOutside(origin);
  if (origin.service !== null) {
    const plain = (origin.kind === "deadline" ? timerWords(cascade) : limitWords(origin)) ?? PLAIN_REASONS[origin.kind];
    return doubt === null ? plain : `${plain}, or ${otherwise(origin.kind, doubt)}`;
  }
  if (origin.kind !== "disconnect") return "nobody says why";
  const [first] = cascade.reached;
  return first === undefined ? "a connection was lost" : `${shownName(first.service)} lost a caller`;
}

/** That a service ended the stream over a limit of its own; null where that is not why. */
export function limitWords({ kind, reasons }: Origin): string | null {
  const isLimit = kind === "error" && reasons.some(({ rule }) => rule === "limit-exceeded");
  return isLimit ? "something was larger than it allows" : null;
}

/** Where somebody outside only may have done it, neither is said as a fact. */
function otherwise(kind: Kind, party: string): string {
  return kind === "deadline" ? "its caller's" : printable(partyInShort(party));
}

/** That a person said so, with what that person noted. */
export function saidWord({ note }: Overruled): string {
  return note === "" ? "said by you" : `said by you: ${printable(note)}`;
}

/** The same as the end of a sentence, `because llm failed: connection refused`; empty where only the kind is known. */
export function becauseClause({ origin, trigger }: Cascade): string {
  if (trigger !== undefined)
    return `because ${shownName(trigger.service)} failed: ${cut(printable(trigger.text), 100)}`;
  const intent = intentWords(origin);
  return intent === null ? "" : `because ${intent}`;
}

/** What would settle an origin that is not known, or not sure: `a log of the caller of chat, or its exit …`; null where it is sure. */
export function wouldProve({ origin, reached, firstAt }: Cascade, clock: Clock = UTC_CLOCK): string | null {
  if (origin.overruled !== undefined) return null;
  const doubt = doubtOutside(origin);
  if (origin.service !== null && doubt === null) return null;
  const [first] = reached;
  const party = origin.external?.replace(/^perhaps /, "").replace(/ that left no log$/, "");
  const who = party ?? (first === undefined ? null : `the caller of ${first.service}`);
  if (who === null) return null;
  const at = firstAt === undefined ? "" : ` at ${clockTime(firstAt, clock)} ${clock.name}`;
  const exit = origin.kind === "disconnect" ? `, or word of its exit (out of memory, deploy, kill)${at}` : at;
  return printable(`a log of ${who}${exit}`);
}
