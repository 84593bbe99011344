/** When each service of a cancel was at work, heard, ended and went on, in milliseconds from the origin's cancel. */
import { type Cascade, type Instant, millisBetween } from "../model/index.ts";
import { howWord } from "./answer.ts";
import { type HopRow, hopName } from "./hop-tree.ts";

/** The moments of one service; null where nothing tells. */
export interface Moments {
  readonly startMs: number | null;
  /** At the origin: 0, when it cancelled. */
  readonly heardMs: number | null;
  readonly endedMs: number | null;
  /** The last sign of work after the cancel. */
  readonly ghostMs: number | null;
  /** How much earlier than the origin its clock says it heard; 0 where the clocks agree. */
  readonly earlyMs: number;
  /** True where no line of its own tells, only its caller's. */
  readonly quiet: boolean;
}

/** One thing that happened. */
export interface Happening {
  readonly ms: number;
  /** The row it happened to. */
  readonly row: number;
  readonly text: string;
}

/** The origin's instant, by the delays of the others, else the first line's. */
export function originInstant({ reached, firstAt }: Cascade): Instant | null {
  for (const { at, delayMs } of reached)
    if (at !== undefined && delayMs !== undefined) return at - BigInt(Math.round(delayMs * 1e6));
  return firstAt ?? null;
}

/** The moments of each row. */
export function momentsOf(cascade: Cascade, hops: readonly HopRow[]): readonly Moments[] {
  const zero = originInstant(cascade);
  const after = (at: Instant | null | undefined): number | null =>
    zero === null || at == null ? null : millisBetween(zero, at);
  return hops.map(({ hop }): Moments => {
    const { reached, role, service } = hop;
    const own =
      service === null ? [] : cascade.evidence.filter((each) => each.service === service && each.type !== "ghost");
    const starts = own.flatMap(({ request }) => (request?.role === "served" ? [after(request.startAt)] : []));
    const startMs = starts.reduce<number | null>(
      (first, ms) => (ms !== null && (first === null || ms < first) ? ms : first),
      null,
    );
    const root = role === "origin" || role === "outside" || role === "unknown";
    const told = reached?.delayMs ?? after(reached?.at);
    const ghost = cascade.ghosts?.find((each) => each.service === service);
    const lastMs = Math.max(...own.flatMap(({ at }) => after(at) ?? []));
    // What says when it was reached is no earlier than the end of its work: it never heard
    const deaf = !root && ghost !== undefined && told !== null && lastMs - told < ghost.durationMs / 2;
    const heardMs = root
      ? 0
      : role === "trigger"
        ? (cascade.trigger?.delayMs ?? null)
        : told === null || deaf
          ? null
          : Math.max(0, told);
    const ghostMs = ghost === undefined ? null : deaf ? Math.max(told, lastMs) : (heardMs ?? 0) + ghost.durationMs;
    const ends = own
      .flatMap(({ at }) => after(at) ?? [])
      .filter((ms) => ms >= (heardMs ?? 0) && (ghostMs === null || ms < ghostMs));
    const seen = role !== "trigger" && role !== "bystanders" && ends.length > 0;
    return {
      startMs,
      heardMs,
      endedMs: seen && ghostMs === null ? Math.max(...ends) : null,
      ghostMs,
      earlyMs: told !== null && told < 0 ? -told : 0,
      quiet: role === "silent",
    };
  });
}

/** What happened, in order of time. */
export function eventsOf(cascade: Cascade, hops: readonly HopRow[], moments: readonly Moments[]): readonly Happening[] {
  const events = hops.flatMap(({ hop }, row): Happening[] => {
    const { heardMs, endedMs, ghostMs } = moments[row] as Moments;
    const name = hopName(cascade, hop);
    const root = hop.role === "origin" || hop.role === "outside" || hop.role === "unknown";
    const deed = hop.role === "trigger" ? "fails" : root ? howWord(cascade.origin) : "hears it";
    return [
      ...(heardMs === null ? [] : [{ ms: heardMs, row, text: `${name} ${deed}` }]),
      ...(endedMs === null || endedMs === heardMs ? [] : [{ ms: endedMs, row, text: `${name} ends` }]),
      ...(ghostMs === null ? [] : [{ ms: ghostMs, row, text: `${name} is still at work` }]),
    ];
  });
  return events.sort((one, other) => one.ms - other.ms || one.row - other.row);
}
