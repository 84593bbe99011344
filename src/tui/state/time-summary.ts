/** What the time of a cancel comes to, in a line. */
import type { Cascade } from "../../model/index.ts";
import {
  earlyBy,
  type Hop,
  hopName,
  type Moments,
  outsideParty,
  plural,
  shownDelay,
  shownName,
  withinWords,
} from "../../present/index.ts";
import type { HopItem } from "./rows.ts";

/** Who heard within what time, which step was the slowest, and how far the clocks disagree. */
export function timeSummary(cascade: Cascade, hops: readonly HopItem[], moments: readonly Moments[]): string {
  const heard = moments.flatMap(({ heardMs, quiet }, row) =>
    heardMs === null || quiet || hops[row]?.hop.reached == null ? [] : [heardMs],
  );
  if (heard.length === 0)
    return moments.some(({ ghostMs }) => ghostMs !== null)
      ? "Nothing shows that anybody heard of it."
      : "No time is known of those it reached.";
  let slowest: { readonly text: string; readonly ms: number } | null = null;
  for (const [row, { hop }] of hops.entries()) {
    const ms = moments[row]?.heardMs ?? null;
    const above = lastHeard(hops, moments, row);
    if (ms === null || above === null || hop.reached === null) continue;
    if (slowest === null || ms - above.ms > slowest.ms)
      slowest = {
        ms: ms - above.ms,
        text: `${hopName(cascade, above.hop)} to ${hopName(cascade, hop)}${through(cascade, above.quiet)}`,
      };
  }
  const early = earlyBy(-Math.max(...moments.map(({ earlyMs }) => earlyMs)));
  const gone = vanished(cascade);
  const all = gone === null ? "Everybody" : "Everybody below";
  const everybody = heard.length === cascade.reached.length ? all : plural(heard.length, "service");
  return [
    `${everybody} heard${withinWords(Math.max(...heard))}.`,
    ...(gone === null ? [] : [`${gone} vanished and was not heard itself.`]),
    ...(slowest === null || earlyBy(-slowest.ms) === null
      ? []
      : [`Slowest step: ${slowest.text}, ${shownDelay(slowest.ms).slice(1)}.`]),
    ...(early === null ? [] : [`Clocks differ by ${early} or more.`]),
  ].join(" ");
}

/** The nearest one above a row whose moment is known; `quiet` where others, of whom it is not, stand between. */
function lastHeard(
  hops: readonly HopItem[],
  moments: readonly Moments[],
  row: number,
): { readonly hop: Hop; readonly ms: number; readonly quiet: readonly Hop[] } | null {
  const above = (of: number): number => hops.findIndex(({ hop }) => hop.children.includes((hops[of] as HopItem).hop));
  const quiet: Hop[] = [];
  for (let at = above(row); at !== -1; at = above(at)) {
    const ms = moments[at]?.heardMs ?? null;
    if (ms !== null) return { hop: (hops[at] as HopItem).hop, ms, quiet };
    quiet.unshift((hops[at] as HopItem).hop);
  }
  return null;
}

function through(cascade: Cascade, quiet: readonly Hop[]): string {
  const [only, another] = quiet;
  if (only === undefined) return "";
  return ` through ${another === undefined ? hopName(cascade, only) : `${quiet.length} that are quiet`}`;
}

/** Who is known only by what others lost; null where the starter says something itself, or did something else than to vanish. */
function vanished({ origin, evidence }: Cascade): string | null {
  if (origin.kind !== "disconnect" || outsideParty(origin) !== null) return null;
  if (origin.service === null) return "Whoever started it";
  return evidence.some(({ service }) => service === origin.service) ? null : shownName(origin.service);
}
