/**
 * Metrics of calls (not of HTTP requests, which are their own instrumentations' to count): rate, errors and duration of those that have ended, how many are under way, and what their connections hold.
 */
import type { Histogram, Meter, ObservableCallback, ObservableUpDownCounter } from "@opentelemetry/api";
import { CONVENTION, MAX_METRIC_ERRORS, METRIC, OTHER_ERROR, type Side } from "../model/index.ts";
import { type CallInfo, runtimeLoad, type SideLoad } from "../runtime/index.ts";
import { BoundedNames } from "./bounded-names.ts";
import { callName, methodAttributes } from "./call-attributes.ts";
import { histogram, observed } from "./instruments.ts";
import type { Outcome } from "./outcome.ts";

/** What the semantic conventions advise. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

const SIDES: readonly Side[] = ["server", "client"];

/** The names of a side's metrics. */
const NAMES = {
  server: { duration: METRIC.serverDuration, active: METRIC.serverActive },
  client: { duration: METRIC.clientDuration, active: METRIC.clientActive },
} as const;

/** What connections hold, by metric. */
const LOADS: readonly (readonly [name: string, side: Side, of: keyof SideLoad])[] = [
  [METRIC.serverConnections, "server", "connections"],
  [METRIC.clientConnections, "client", "connections"],
  [METRIC.serverQueued, "server", "queuedBytes"],
  [METRIC.clientQueued, "client", "queuedBytes"],
  [METRIC.serverUnread, "server", "unreadBytes"],
  [METRIC.clientUnread, "client", "unreadBytes"],
];

/** The instruments of one meter. */
interface Instruments {
  readonly durations: Readonly<Record<Side, Histogram>>;
  readonly observed: readonly (readonly [ObservableUpDownCounter, ObservableCallback])[];
}

/** What is remembered for the metrics, whatever meter they go to. */
export class CallMetrics {
  /** Calls under way, by method. */
  readonly #active: Readonly<Record<Side, Map<string, number>>> = { server: new Map(), client: new Map() };
  readonly #errors = new BoundedNames(MAX_METRIC_ERRORS, OTHER_ERROR);
  #instruments: Instruments;

  constructor(meter: Meter) {
    this.#instruments = this.#make(meter);
  }

  /** Counts into another meter from now on. */
  moveTo(meter: Meter): void {
    for (const [instrument, callback] of this.#instruments.observed) instrument.removeCallback(callback);
    this.#instruments = this.#make(meter);
  }

  /** A call began. */
  began(call: CallInfo): void {
    this.#count(call, 1);
  }

  /** A call ended, so many milliseconds later. */
  ended(call: CallInfo, { code, errorType }: Outcome, durationMs: number): void {
    this.#count(call, -1);
    const attributes = methodAttributes(call);
    if (code !== null) attributes[CONVENTION.rpcStatus] = this.#errors.of(code);
    if (errorType !== null) attributes[CONVENTION.errorType] = this.#errors.of(errorType);
    this.#instruments.durations[call.side].record(durationMs / 1000, attributes);
  }

  #count(call: CallInfo, change: number): void {
    const active = this.#active[call.side];
    const method = callName(call);
    active.set(method, (active.get(method) ?? 0) + change);
  }

  #make(meter: Meter): Instruments {
    const ask = (name: string, callback: ObservableCallback) => {
      const instrument = observed(meter, name);
      instrument.addCallback(callback);
      return [instrument, callback] as const;
    };
    return {
      durations: {
        server: histogram(meter, NAMES.server.duration, SECONDS),
        client: histogram(meter, NAMES.client.duration, SECONDS),
      },
      observed: [
        ...SIDES.map((side) =>
          ask(NAMES[side].active, (result) => {
            for (const [method, count] of this.#active[side]) result.observe(count, { [CONVENTION.rpcMethod]: method });
          }),
        ),
        ...LOADS.map(([name, side, of]) => ask(name, (result) => result.observe(runtimeLoad()[side][of]))),
      ],
    };
  }
}
