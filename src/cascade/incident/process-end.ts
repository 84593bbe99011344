/** The rule about processes: one that was told to stop, or crashed, ends the streams it has. */
import { ACCESS_LINE_MS, CRASH_EARLY_MS, CRASH_LATE_MS, STOPPING_MS, UNCALLED_MS } from "../tolerances.ts";
import type { CallMap } from "./call-map.ts";
import type { Case, Finding } from "./case.ts";
import { isAfter, type Sight, type SightedLine } from "./sight.ts";

/** A process that was told to stop, or crashed, before anybody noticed. */
export function processEnd(given: Case): Finding | null {
  const timers = given.saw("timer");
  const stopped = stopsOf(given);
  const running = given.sights.filter((sight) => !stopped(sight));
  for (const event of given.eventsWithin(Math.max(CRASH_EARLY_MS, CRASH_LATE_MS, STOPPING_MS))) {
    const { evidence } = event;
    if (evidence.type !== "process" || evidence.happened === "started" || evidence.service === null) continue;
    const crashed = evidence.happened === "crashed";
    const ordered = event.placed === undefined || isFollowed(given, event);
    if (!crashed && !ordered) continue;
    if (!isInTime(given, timers, event, crashed)) continue;
    if (hasRestarted(given, event)) continue;
    const { service } = evidence;
    const { victims, known } = endedWith(given, running, event);
    if (victims.length === 0 || (!crashed && ranOutBefore(timers, victims))) continue;
    const coarse =
      (evidence.stepMs ?? 1) > 1 || (victims.every(({ stepMs }) => stepMs > 1) && !isFollowed(given, event));
    const said = evidence.saidBy === null ? "" : `, as ${evidence.saidBy} says`;
    return {
      service,
      kind: crashed ? "error" : "shutdown",
      confidence: coarse || !ordered || !known ? "weak" : "strong",
      rule: crashed ? "process-crashed" : "process-stopping",
      text: `${service} ${crashed ? "crashed" : "was told to stop"}${said}, and its streams ended with it`,
      lines: [event, ...victims.map(({ line }) => line)],
    };
  }
  return null;
}

/** True where somebody's time ran out before all of these lost a server: who is still served while it stops, and waits no longer, ends that itself. */
function ranOutBefore(timers: readonly Sight[], victims: readonly Sight[]): boolean {
  return timers.some((timer) => victims.every((victim) => isAfter(victim.line, timer.line)));
}

function isInTime({ firstAt, all }: Case, timers: readonly Sight[], event: SightedLine, crashed: boolean): boolean {
  if (timers.some(({ line }) => isAfter(event, line))) return false;
  const ahead = firstAt - event.at;
  if (crashed) return ahead >= -CRASH_LATE_MS && ahead <= CRASH_EARLY_MS;
  const follows = ({ at, line }: Sight): boolean => at > event.at || isAfter(line, event);
  // A time without a fraction stands at the beginning of its second: what is told more finely says whether that was before
  const fine = (event.evidence.stepMs ?? 1) === 1 && all.some((sight) => sight.stepMs === 1 && follows(sight));
  const mayFollow = ({ at, stepMs }: Sight): boolean => fine && stepMs > 1 && at + stepMs > event.at;
  return ahead <= STOPPING_MS && all.every((sight) => follows(sight) || mayFollow(sight));
}

/** True where the process itself tells of an end below its line in the same log: the order of lines says what a time would. */
function isFollowed({ all }: Case, event: SightedLine): boolean {
  const own = all.filter(({ service }) => service === event.evidence.service);
  return own.length > 0 && own.every(({ line }) => isAfter(line, event));
}

function hasRestarted(given: Case, event: SightedLine): boolean {
  const { firstAt } = given;
  return given
    .eventsWithin(firstAt - event.at)
    .some(
      ({ evidence, at }) =>
        evidence.type === "process" &&
        evidence.happened === "started" &&
        evidence.service === event.evidence.service &&
        at > event.at &&
        at <= firstAt,
    );
}

/** Those whose streams ended with a process; `known` where something shows that they were its own. */
function endedWith(
  given: Case,
  running: readonly Sight[],
  event: SightedLine,
): { readonly victims: readonly Sight[]; readonly known: boolean } {
  const service = event.evidence.service ?? "";
  const coarse = (event.evidence.stepMs ?? 1) > 1;
  const victims = victimsOf(given.around.map, running, service, { afterMs: given.firstAt - event.at, coarse });
  return victims.length > 0 ? { victims, known: true } : { victims: clientsOf(given, service, event), known: false };
}

/** Those whose stream to the process, or from it, ended. */
function victimsOf(
  map: CallMap,
  running: readonly Sight[],
  service: string,
  { afterMs, coarse }: { readonly afterMs: number; readonly coarse: boolean },
): Sight[] {
  return running.filter((sight) => {
    if (sight.service === service) return false;
    if (sight.saw === "callee" || sight.saw === "reset") {
      if (map.calls(sight.service, service)) return true;
      // Whoever calls others has lost one of those, not its caller
      const ambiguous = sight.saw === "reset" || map.calleesOf(sight.service).length === 0;
      if (ambiguous && map.calls(service, sight.service)) return true;
      // Nobody says who calls whom: then only what ends right with the process may be one of its streams
      const right = !coarse && afterMs <= UNCALLED_MS;
      return right && !map.isAbove(service, sight.service) && map.calleesOf(sight.service).length === 0;
    }
    return (
      (sight.saw === "answer" && map.calls(sight.service, service)) ||
      ((sight.saw === "caller" || sight.saw === "word") && map.calls(service, sight.service))
    );
  });
}

/**
 * Those whose caller left right when the process ended, where nobody knows of a caller of theirs and nothing else here can have been it.
 */
function clientsOf(given: Case, service: string, event: SightedLine): Sight[] {
  const { map, fronts } = given.around;
  if (map.calleesOf(service).length > 0 || given.services.has(service)) return [];
  const near = given.saw("caller").filter(({ at, stepMs }) => at - event.at <= ACCESS_LINE_MS + widest(event, stepMs));
  return near.filter((sight) => {
    if (map.callersOf(sight.service).length > 0 || map.isAbove(sight.service, service)) return false;
    const silent = given.silentAbove(sight.service);
    return silent.includes(service) && (silent.length === 1 || fronts.has(service));
  });
}

/** How coarse two times are together, in milliseconds; nothing where both are fine. */
function widest({ evidence }: SightedLine, stepMs: number): number {
  const step = Math.max(evidence.stepMs ?? 1, stepMs);
  return step > 1 ? step : 0;
}

/** Tells of a line whether its own process was told to stop before: what ends there then needs nobody else. */
function stopsOf(given: Case): (sight: Sight) => boolean {
  const events = given.eventsWithin(STOPPING_MS).filter(({ evidence }) => evidence.type === "process");
  const byService = Map.groupBy(events, ({ evidence }) => evidence.service ?? "");
  return ({ service, line }) => {
    const last = byService.get(service)?.findLast((each) => isAfter(line, each))?.evidence;
    return last?.type === "process" && last.happened === "stopping";
  };
}

/** Rules that name a service because it was lost and says nothing of it. */
const SILENT: ReadonlySet<string> = new Set(["gone-between", "callee-gone"]);

/** Where a service that was lost had been told to stop, by a line that says no time: that is the likelier reason. */
export function stoppedUnseen(given: Case, finding: Finding): Finding {
  const { service, kind, rule, lines } = finding;
  if (service === null || kind !== "disconnect" || !SILENT.has(rule)) return finding;
  const told = given
    .eventsWithin(STOPPING_MS)
    .filter(({ evidence, placed, at }) => evidence.service === service && placed !== undefined && at <= given.lastAt)
    .find(({ evidence }) => evidence.type === "process" && evidence.happened === "stopping");
  if (told === undefined || !given.allOf(service).every(({ line }) => isAfter(line, told))) return finding;
  const text = `${finding.text}; its log says that it was told to stop, and not when`;
  return { ...finding, kind: "shutdown", text, lines: [...lines, told] };
}
