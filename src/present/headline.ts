/**
 * The one sentence about a cascade.
 */
import { type Cascade, type Confidence, type Kind, type Origin, printable, victimsOf } from "../model/index.ts";
import { count, plural, shownName } from "./columns.ts";

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

/** What the stars of a verdict mean, in words. */
export const CONFIDENCE_WORDS: Readonly<Record<Confidence, string>> = {
  proven: "proven: several services agree and nothing speaks against it",
  strong: "strong: the lines say so and nothing speaks against it",
  weak: "weak: it fits, and so do other explanations",
  guess: "a guess: these logs hold nothing better",
};

/** True where a verdict may be relied on: proven or strong. */
export function isSure(confidence: Confidence): boolean {
  return confidence === "proven" || confidence === "strong";
}

/**
 * Says who started a cascade and how, for example `chat started it: its timeout ran out (code 12015)`, or `Started by the HTTP client of
 * gateway, first seen at gateway: a connection was lost (code 12013)`.
 */
export function headline(cascade: Cascade): string {
  const { origin } = cascade;
  const code = origin.code === null ? "" : ` (code ${origin.code})`;
  return `${starter(origin)}: ${deed(origin)}${code}`;
}

/** Who started it, as the beginning of a sentence: `chat started it`, `Started by a caller of chat that left no log`, `Origin unknown`. */
export function starter({ service, kind, external }: Origin): string {
  if (external !== undefined && !isHedged(external)) {
    return service === null ? `Started by ${external}` : `Started by ${external}, first seen at ${service}`;
  }
  if (service === null) return "Origin unknown";
  return `${service} ${kind === "error" ? "failed" : "started it"}`;
}

/** What is said beside the root of a tree: `started it`, `failed`, or `first to show it` where a party outside the logs started it. */
export function rootNote({ service, kind, external }: Origin): "started it" | "failed" | "first to show it" {
  if (service !== null && external !== undefined && !isHedged(external)) return "first to show it";
  return kind === "error" ? "failed" : "started it";
}

/** What the origin did, as the end of a sentence that {@link starter} begins. */
export function deed({ service, kind, external }: Origin): string {
  const named = service !== null && (external === undefined || isHedged(external));
  return named ? DEEDS[kind] : NAMELESS_DEEDS[kind];
}

/** A party outside the logs that only may have acted (`perhaps a caller of chat that left no log`): no headline, but worth a line. */
export function doubtOutside({ external }: Origin): string | null {
  return external !== undefined && isHedged(external) ? external : null;
}

function isHedged(external: string): boolean {
  return external.startsWith("perhaps ");
}

/** How many services a cascade stopped, and how many of them went on: `2 other services stopped, 1 still running`. */
export function fateOf(cascade: Cascade): string {
  const victims = victimsOf(cascade);
  if (victims === 0) return "no other service stopped";
  const running = new Set(
    cascade.reached.filter(({ state }) => state === "still-running").map(({ service }) => service),
  );
  running.delete(cascade.origin.service ?? "");
  if (running.size === victims) return `${plural(victims, "other service")} still running`;
  const stopped = `${plural(victims - running.size, "other service")} stopped`;
  return running.size === 0 ? stopped : `${stopped}, ${count(running.size)} still running`;
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
