/**
 * What became of the services that a cancel reached: whose end was seen, whose was not, and who works on.
 */
import type { Cascade } from "../model/index.ts";
import { count, plural, shownName } from "./columns.ts";
import { shownDelay, withinWords } from "./delay.ts";

/** The services a cascade reached, its origin not counted, by what became of them. */
export interface Fate {
  readonly total: number;
  /** Their ends were seen. */
  readonly stopped: number;
  /** Others say that the cancel reached them; no end was seen. */
  readonly unseen: readonly string[];
  /** Who works on, with how long and how many messages. An origin that works on itself is here, too. */
  readonly running: readonly {
    readonly service: string;
    readonly durationMs: number | null;
    readonly messages: number;
  }[];
  /** How long it took the last one that was seen to stop, in milliseconds; null without a common clock. */
  readonly withinMs: number | null;
}

/** Counts what became of the services a cancel reached. */
export function fateOf({ origin, reached, ghosts = [] }: Cascade): Fate {
  const states = new Map(reached.map(({ service, state }) => [service, state]));
  if (origin.service !== null) states.delete(origin.service);
  const withState = (wanted: string): string[] =>
    [...states].filter(([, state]) => state === wanted).map(([service]) => service);
  const told = new Map(ghosts.map((ghost) => [ghost.service, ghost]));
  const running = new Set([...withState("still-running"), ...told.keys()]);
  const delays = reached.flatMap(({ state, delayMs = -1 }) => (state === "stopped" && delayMs >= 0 ? [delayMs] : []));
  return {
    total: states.size,
    stopped: withState("stopped").length,
    unseen: withState("silent"),
    running: [...running].map((service) => ({
      service,
      durationMs: told.get(service)?.durationMs ?? null,
      messages: told.get(service)?.messages ?? 0,
    })),
    withinMs: delays.length === 0 ? null : Math.max(...delays),
  };
}

/** For a column: `all 3`, `3 of 4`, with `!` where somebody works on and `?` where an end was not seen. */
export function fateWord({ total, stopped, unseen, running }: Fate): string {
  const mark = running.length > 0 ? " !" : unseen.length > 0 ? " ?" : "";
  if (total === 0) return running.length > 0 ? "0 of 0 !" : "none below";
  return stopped === total && total > 1 ? `all ${count(total)}${mark}` : `${count(stopped)} of ${count(total)}${mark}`;
}

/** For a list of facts: `3 other services stopped`, `2 of 4 other services stopped, 1 not seen to, 1 still running`. */
export function fateFacts({ total, stopped, unseen, running }: Fate): string {
  if (total === 0) return running.length > 0 ? "it is still running" : "no other service stopped";
  if (stopped === total && running.length === 0) return `${plural(total, "other service")} stopped`;
  const parts = [`${count(stopped)} of ${plural(total, "other service")} stopped`];
  if (unseen.length > 0) parts.push(`${count(unseen.length)} not seen to`);
  if (running.length > 0) parts.push(`${count(running.length)} still running`);
  return parts.join(", ");
}

/** For people: how many stopped, within what time, whose end nobody saw. */
export function fateSentence({ total, stopped, unseen, withinMs }: Fate): string {
  if (total === 0) return "No other service was reached.";
  const within = stopped === 0 || withinMs === null ? "" : withinWords(withinMs);
  const [one] = unseen;
  const rest = one === undefined ? "" : ` ${unseenSentence(one, unseen.length)}`;
  if (stopped === total && total === 1) return `The one service it reached stopped${within}.`;
  if (stopped === total) return `${total === 2 ? "Both" : `All ${count(total)}`} services it reached stopped${within}.`;
  return `${count(stopped)} of ${plural(total, "service")} stopped${within}.${rest}`;
}

function unseenSentence(service: string, number: number): string {
  const more = number === 1 ? "" : ` and ${plural(number - 1, "other")}`;
  return `Of ${shownName(service)}${more} no end was seen.`;
}

/** For people: who did not stop, `cache DID NOT STOP: still at work 2.1 s later, 7 messages for nobody.`; empty where all did. */
export function runningSentence({ running }: Fate): string {
  const [first] = running;
  if (first === undefined) return "";
  const names = running.slice(0, 3).map(({ service }) => shownName(service));
  const more = running.length > 3 ? ` and ${plural(running.length - 3, "other")}` : "";
  const longest = Math.max(...running.map(({ durationMs }) => durationMs ?? 0));
  const messages = running.reduce((sum, each) => sum + each.messages, 0);
  const later = longest === 0 ? "" : `: still at work ${shownDelay(longest).slice(1)} later`;
  return `${names.join(", ")}${more} DID NOT STOP${later}${messages === 0 ? "" : `, ${plural(messages, "message")} for nobody`}.`;
}
