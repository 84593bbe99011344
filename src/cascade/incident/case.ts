/** One incident with everything that is known around it: what the rules look at. */
import type { Confidence, Kind } from "../../model/index.ts";
import type { KnownCalls } from "../hops/call-graph.ts";
import type { Line } from "../hops/hop.ts";
import { around, between } from "../hops/nearest.ts";
import { AROUND_MS, TIMER_EARLY_MS } from "../tolerances.ts";
import type { CallMap } from "./call-map.ts";
import type { IdKinds } from "./id-kinds.ts";
import type { Saw, Sight, SightedLine } from "./sight.ts";

/** What a rule found: who began it, how sure that is, and why. */
export interface Finding {
  /** Null: not known. */
  readonly service: string | null;
  readonly kind: Kind;
  readonly confidence: Confidence;
  readonly rule: string;
  readonly text: string;
  readonly lines: readonly Line[];
  readonly external?: string;
  readonly intent?: string;
}

/** All sighted lines of the input, sorted for questions. */
export interface Surroundings {
  readonly map: CallMap;
  readonly calls: KnownCalls;
  readonly kinds: IdKinds;
  /** Every sighted line of a service, in order of time. */
  readonly byService: ReadonlyMap<string, readonly SightedLine[]>;
  /** Services some line of which is about a request that was served. */
  readonly servers: ReadonlySet<string>;
  /** Services that pass requests on to others, or write of nothing but requests, as whatever stands in front does. */
  readonly fronts: ReadonlySet<string>;
  /** Lines about the beginning or the end of processes, and decisions, in order of time. */
  readonly events: readonly SightedLine[];
  /** How coarse the times of those are at most, in milliseconds. */
  readonly eventStepMs: number;
}

/** Sorts the sighted lines of an input. */
export function surroundingsOf(
  lines: readonly SightedLine[],
  map: CallMap,
  calls: KnownCalls,
  kinds: IdKinds,
): Surroundings {
  const byService = new Map<string, SightedLine[]>();
  const events: SightedLine[] = [];
  for (const line of [...lines].sort((a, b) => a.at - b.at)) {
    const { evidence } = line;
    const own = byService.get(evidence.service ?? "");
    if (own === undefined) byService.set(evidence.service ?? "", [line]);
    else own.push(line);
    if (evidence.type === "process" || evidence.type === "decision") events.push(line);
  }
  const servers = new Set<string>();
  const fronts = new Set<string>();
  for (const [service, own] of byService) {
    if (own.some(({ evidence }) => evidence.serves)) servers.add(service);
    if (own.some(({ evidence }) => evidence.sighting.proxy) || own.every(isRequest)) fronts.add(service);
  }
  const eventStepMs = events.reduce((widest, { evidence }) => Math.max(widest, evidence.stepMs ?? 1), 1);
  return { map, calls, kinds, byService, servers, fronts, events, eventStepMs };
}

function isRequest({ evidence }: SightedLine): boolean {
  return evidence.type !== "process" && evidence.serves && evidence.sighting.route !== null;
}

/** Durations that people set timers to, in seconds. */
const ROUND_SECONDS = [
  5, 10, 15, 20, 25, 29, 30, 45, 55, 60, 75, 90, 100, 120, 150, 180, 240, 300, 360, 600, 900, 1_200, 1_800, 3_600,
];

/** True for a duration that a timer is likely to have ended. */
export function isRound(ms: number): boolean {
  return ROUND_SECONDS.some((seconds) => {
    const late = seconds < 30 ? 60 : seconds * 6 + 150;
    return ms >= seconds * 1_000 - TIMER_EARLY_MS && ms <= seconds * 1_000 + late;
  });
}

/** One incident under judgement. */
export class Case {
  readonly around: Surroundings;
  /** Every line of the incident, and those of them that no other explains. */
  readonly all: readonly Sight[];
  readonly sights: readonly Sight[];
  readonly firstAt: number;
  readonly lastAt: number;
  readonly services: ReadonlySet<string>;
  readonly #byService: ReadonlyMap<string, readonly Sight[]>;
  readonly #marks: ReadonlySet<string>;

  constructor(all: readonly Sight[], surroundings: Surroundings) {
    this.around = surroundings;
    this.all = all;
    this.sights = all.filter(({ muted }) => !muted);
    this.firstAt = all.reduce((first, { at }) => Math.min(first, at), Number.POSITIVE_INFINITY);
    this.lastAt = all.reduce((last, { at }) => Math.max(last, at), Number.NEGATIVE_INFINITY);
    this.#byService = Map.groupBy(all, ({ service }) => service);
    this.services = new Set(this.#byService.keys());
    this.#marks = new Set(
      all.flatMap(({ sighting }) => sighting.marks.map(({ value }) => value).filter((value) => value.length >= 4)),
    );
  }

  /** The lines that show one of these. */
  saw(...what: readonly Saw[]): Sight[] {
    return this.sights.filter(({ saw }) => what.includes(saw));
  }

  /** Those of one service, muted ones left out. */
  of(service: string, ...what: readonly Saw[]): Sight[] {
    return this.allOf(service).filter(({ muted, saw }) => !muted && (what.length === 0 || what.includes(saw)));
  }

  /** Those of one service, muted ones too. */
  allOf(service: string): readonly Sight[] {
    return this.#byService.get(service) ?? [];
  }

  /** The events of the input that stand at most so far from some line of the incident, in order of time. */
  eventsWithin(ms: number): readonly SightedLine[] {
    const { events, eventStepMs } = this.around;
    const stepMs = this.all.reduce((widest, sight) => Math.max(widest, sight.stepMs), eventStepMs);
    const half = (this.lastAt - this.firstAt) / 2;
    return around(events, this.firstAt + half, half + ms + stepMs);
  }

  /** True where something shows that the service has callers. */
  isServer(service: string): boolean {
    const { servers, map, calls } = this.around;
    return calls.serves(service) || map.callersOf(service).length > 0 || servers.has(service);
  }

  /** True where a line carries an id of the incident. */
  sharesId({ evidence }: SightedLine): boolean {
    return evidence.sighting.marks.some(({ value }) => this.#marks.has(value));
  }

  /** Of these services, those that nobody of them stands above. */
  topsOf(services: readonly string[]): string[] {
    const { map } = this.around;
    const hung = new Set<string>();
    for (const other of services) for (const service of map.below(other)) if (service !== other) hung.add(service);
    return services.filter((service) => !hung.has(service));
  }

  /** Of these services, those that stand above none of them. */
  bottomsOf(services: readonly string[]): string[] {
    const { map } = this.around;
    const all = new Set(services);
    return services.filter((service) => ![...map.below(service)].some((other) => other !== service && all.has(other)));
  }

  /** How long the streams of a service had run that ended here: figures of its own lines. */
  durationsOf(service: string): number[] {
    const own = this.allOf(service);
    const found = own.flatMap(({ sighting }) => [...sighting.durationsMs]);
    const lines = this.around.byService.get(service) ?? [];
    for (const [from, to] of spansAround(own)) {
      for (const { evidence } of between(lines, from, to))
        if (evidence.sighting.route !== null && evidence.serves) found.push(...evidence.sighting.durationsMs);
    }
    return [...new Set(found)];
  }

  /** Services that had begun to serve before the incident, and wrote nothing from then on, while others did. */
  fellSilent(): string[] {
    const { byService } = this.around;
    return [...byService].flatMap(([name, lines]) => {
      const last = lines.at(-1);
      if (name === "" || last === undefined || this.services.has(name) || last.placed !== undefined) return [];
      const started = lines.some(({ evidence }) => evidence.type === "process" && evidence.happened === "started");
      return started && last.at + (last.evidence.stepMs ?? 1) - 1 < this.firstAt ? [name] : [];
    });
  }

  /**
   * Services of the input that say nothing of this incident and might have begun it: that did more than start, do not stand below
   * `service`, and do not work on for the same request.
   */
  silentAbove(service: string): string[] {
    const { map, byService } = this.around;
    return [...byService.keys()].filter((name) => {
      if (name === "" || this.services.has(name) || map.isAbove(service, name)) return false;
      const lines = byService.get(name) as readonly SightedLine[];
      if (lines.every(({ evidence }) => evidence.type === "process")) return false;
      if (lines.some((line) => line.at > this.firstAt && this.sharesId(line))) return false;
      // Who has nothing to do with others, and is called by none of them, is not a caller of this one
      return map.calls(name, service) || map.calleesOf(name).length === 0;
    });
  }
}

/** The times around these, each moment in one of them only: of thousands at one instant the lines there are looked at once. */
function spansAround(
  sights: readonly Pick<Sight, "at" | "stepMs">[],
): readonly (readonly [from: number, to: number])[] {
  const spans: [from: number, to: number][] = [];
  for (const { at, stepMs } of [...sights].sort((a, b) => a.at - b.at)) {
    const reach = AROUND_MS + (stepMs > 1 ? stepMs : 0);
    const last = spans.at(-1);
    if (last !== undefined && at - reach <= last[1]) {
      last[0] = Math.min(last[0], at - reach);
      last[1] = Math.max(last[1], at + reach);
    } else spans.push([at - reach, at + reach]);
  }
  return spans;
}
