/**
 * What is said beside a service in a drawn cascade: what became of it, when, and what a person should know of it.
 */
import type { Cascade } from "../model/index.ts";
import { printable } from "../model/index.ts";
import { howWord, intentWords } from "./answer.ts";
import { plural, shownName } from "./columns.ts";
import { earlyBy, shownDelay } from "./delay.ts";
import type { Hop } from "./hop-tree.ts";

/** The words beside a service; each may be empty. */
export interface HopWords {
  /** `STARTED IT`, `stopped`, `stopped?`, `STILL RUNNING`, … */
  readonly state: string;
  /** When, seen from the origin; for who works on, how long. */
  readonly delay: string;
  readonly note: string;
}

/** The words beside one row of a drawn cascade. */
export function hopWords(cascade: Cascade, hop: Hop): HopWords {
  const { origin, trigger, ghosts = [] } = cascade;
  const ghost = ghosts.find(({ service }) => service === hop.service);
  const workedOn = ghost === undefined ? "" : `worked on for ${shownDelay(ghost.durationMs).slice(1)} itself`;
  switch (hop.role) {
    case "trigger":
      return {
        state: "failed",
        delay: trigger?.delayMs === undefined ? "" : shownDelay(trigger.delayMs),
        note: `the error went up: ${printable(trigger?.text ?? "")}`,
      };
    case "outside":
      return { state: "STARTED IT", delay: "", note: intentWords(origin) ?? howWord(origin) };
    case "origin":
      return {
        state: origin.kind === "error" ? "failed" : "STARTED IT",
        delay: "",
        note: joined(intentWords(origin) ?? printable(origin.callSite ?? ""), workedOn),
      };
    case "unknown":
      return { state: howWord(origin).toUpperCase(), delay: "", note: "no log of it was read" };
    case "first":
      return { state: "shows it first", delay: "", note: workedOn };
    case "bystanders":
      return { state: "not hit", delay: "", note: "went on, rightly: no line says the cancel reached it" };
    case "running":
      return {
        state: "STILL RUNNING",
        delay: ghost === undefined ? "" : shownDelay(ghost.durationMs),
        note: joined(
          ghost === undefined || ghost.messages === 0 ? "" : `${plural(ghost.messages, "message")} for nobody`,
          doubts(cascade, hop),
        ),
      };
    case "silent":
      return {
        state: "stopped?",
        delay: delayOf(hop),
        note: joined(`quiet: only ${saysSo(cascade, hop)} says so`, doubts(cascade, hop)),
      };
    case "stopped":
      return { state: "stopped", delay: delayOf(hop), note: joined(clockNote(hop), doubts(cascade, hop)) };
  }
}

/** Nobody stops before the origin starts: where it looks so, the clocks differ, and the row says that instead. */
function delayOf({ reached }: Hop): string {
  const delayMs = reached?.delayMs;
  return delayMs === undefined || earlyBy(delayMs) !== null ? "" : shownDelay(Math.max(0, delayMs));
}

function clockNote({ reached }: Hop): string {
  const early = earlyBy(reached?.delayMs ?? 0);
  return early === null ? "" : `clock ${early} early`;
}

function doubts({ origin }: Cascade, { falseOrigin, loose }: Hop): string {
  // Nobody knows the way from an origin that nobody knows
  const lost = loose && origin.service !== null;
  return joined(falseOrigin ? "looks like the origin and is not" : "", lost ? "path from the origin unknown" : "");
}

/** Who says that a quiet service was reached: the nearest one below that speaks of the way, else its caller. */
function saysSo(cascade: Cascade, hop: Hop): string {
  const waiting = [...hop.children];
  for (let below = waiting.shift(); below !== undefined; below = waiting.shift()) {
    if (below.reached?.observed === true) return shownName(below.service);
    waiting.push(...below.children);
  }
  const via = hop.reached?.via ?? cascade.origin.service;
  return via === null ? "another one" : shownName(via);
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(", ");
}
