/** A cancel, and all that is known, in sentences that can be read aloud: nothing depends on columns, signs or colours. */
import type { Cascade, Diagnosis } from "../model/index.ts";
import { because, howWord, starterName } from "./answer.ts";
import { type Clock, clockTime } from "./clock.ts";
import { count, plural, shownName } from "./columns.ts";
import { sureWord } from "./confidence.ts";
import { shownDelay } from "./delay.ts";
import { fateOf } from "./fate.ts";

/** `12:04:31.118 UTC. gateway cancelled, because the user left. Proven.`, then who stopped, who works on, who was not the cause. */
export function plainSentences(cascade: Cascade, times: number, clock: Clock): readonly string[] {
  const { origin, reached, firstAt, falseOrigins } = cascade;
  const time = firstAt === undefined ? "" : `${clockTime(firstAt, clock, true)} ${clock.name}. `;
  const often = times > 1 ? ` ${count(times)} times.` : "";
  const word = sureWord(origin);
  const sure = word.charAt(0).toUpperCase() + word.slice(1);
  const stopped = reached.filter(({ state }) => state === "stopped");
  const names = stopped.map(({ service, delayMs }) => {
    const delay = delayMs === undefined || delayMs < 0 ? "" : ` after ${shownDelay(delayMs).slice(1)}`;
    return `${shownName(service)}${delay}`;
  });
  const unseen = reached.filter(({ state }) => state === "silent").map(({ service }) => shownName(service));
  const running = fateOf(cascade).running.map(({ service, durationMs, messages }) => {
    const later = durationMs === null ? "" : ` after ${shownDelay(durationMs).slice(1)}`;
    return `${shownName(service)}${later}${messages === 0 ? "" : `, ${plural(messages, "message")} for nobody`}`;
  });
  return [
    `${time}${starterName(cascade)} ${howWord(origin)}, because: ${because(cascade)}. ${sure}.${often}`,
    ...(names.length === 0 ? [] : [`  Stopped: ${names.join("; ")}.`]),
    ...(unseen.length === 0 ? [] : [`  No end was seen of: ${unseen.join("; ")}.`]),
    ...(running.length === 0 ? [] : [`  Still running: ${running.join("; ")}.`]),
    ...(falseOrigins.length === 0
      ? []
      : [`  Not the cause: ${falseOrigins.map(({ service }) => shownName(service)).join(", ")}.`]),
  ];
}

/** `172 cancels so far. 4 services start them: gateway 128, billing 31. 1,204 records read, none lost, 12 not understood.` */
export function plainSummary(
  { cascades, counts }: Diagnosis,
  { records, unmatched, done }: { readonly records: number; readonly unmatched: number; readonly done: boolean },
): string {
  const starters = new Map<string, number>();
  for (const cascade of cascades) {
    const name = starterName(cascade);
    starters.set(name, (starters.get(name) ?? 0) + cascade.count);
  }
  const total = [...starters.values()].reduce((sum, number) => sum + number, 0);
  const first = [...starters].sort((one, other) => other[1] - one[1]).slice(0, 8);
  const who = first.map(([name, number]) => `${name} ${count(number)}`).join(", ");
  const lost = counts.late + counts.dropped;
  return [
    `${plural(total, "cancel")}${done ? "" : " so far"}.`,
    ...(total === 0 ? [] : [`Started by: ${who}.`]),
    `${plural(records, "record")} read, ${lost === 0 ? "none" : count(lost)} lost, ${count(unmatched)} not understood.`,
  ].join(" ");
}
