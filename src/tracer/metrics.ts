/**
 * Metrics of cancels. One cancel counts once in a process, however many of its streams it ends: at the server side it came in by, or at
 * the client side where this process started it.
 */
import type { Attributes, Counter, Histogram, Meter } from "@opentelemetry/api";
import {
  ATTRIBUTE,
  CONVENTION,
  intentOf,
  MAX_METRIC_ORIGINS,
  METRIC,
  OTHER_ORIGIN,
  UNKNOWN_ORIGIN,
} from "../model/index.ts";
import type { CallInfo, CancelEvent, GhostEvent } from "../runtime/index.ts";
import { BoundedNames } from "./bounded-names.ts";
import { callName, methodAttributes } from "./call-attributes.ts";
import { elapsedMs } from "./cancel-span.ts";
import { counter, histogram } from "./instruments.ts";
import { Savings } from "./savings.ts";

/** Ids of cancels that were counted, the last so many. */
const REMEMBERED = 10_000;

/** From a hop on one host to a chain of idle services, which Kitex leaves waiting for seconds. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What is remembered for the metrics, whatever meter they go to. */
export class CancelMetrics {
  readonly #counted = new Set<string>();
  readonly #origins = new BoundedNames(MAX_METRIC_ORIGINS, OTHER_ORIGIN);
  readonly #savings = new Savings();
  #cancels: Counter;
  #propagation: Histogram;
  #ghosts: Counter;
  #saved: Counter;

  constructor(meter: Meter) {
    this.#cancels = counter(meter, METRIC.cancels);
    this.#propagation = histogram(meter, METRIC.propagation, SECONDS);
    this.#ghosts = counter(meter, METRIC.ghostMessages);
    this.#saved = counter(meter, METRIC.savedMessages);
  }

  /** Counts into another meter from now on. */
  moveTo(meter: Meter): void {
    this.#cancels = counter(meter, METRIC.cancels);
    this.#propagation = histogram(meter, METRIC.propagation, SECONDS);
    this.#ghosts = counter(meter, METRIC.ghostMessages);
    this.#saved = counter(meter, METRIC.savedMessages);
  }

  /** A cancel. */
  cancel(event: CancelEvent, timed: boolean): void {
    const arrived = event.side === "server" && event.direction === "received";
    if (event.side === "client" && event.role !== "origin") return;
    const attributes = {
      [ATTRIBUTE.cancelOrigin]: this.#origin(event.origin),
      [ATTRIBUTE.cancelKind]: event.kind,
      [ATTRIBUTE.cancelRole]: event.role,
    };
    if (arrived && timed) this.#propagation.record(elapsedMs(event) / 1000, attributes);
    if (!this.#isNew(event.cancelId)) return;
    this.#cancels.add(1, { ...attributes, [ATTRIBUTE.cancelIntent]: intentOf(event.intent, event.kind) });
  }

  /** Ghost work: `messages` more than were told of before. */
  ghost(event: GhostEvent, messages: number): void {
    if (messages <= 0) return;
    this.#ghosts.add(messages, {
      [ATTRIBUTE.cancelOrigin]: this.#origin(event.exception.origin),
      ...methodOf(event.call),
    });
  }

  /** A server's stream, or a request that this process had sent, ended: well, with an error (`learn` false), or by a cancel. */
  streamEnded(call: CallInfo, cancel: CancelEvent | null, learn: boolean): void {
    const method = `${callName(call)} ${call.http?.url ?? ""}`;
    const count = call.side === "server" ? call.sent : call.received;
    if (cancel === null) {
      if (learn) this.#savings.learn(method, count);
      return;
    }
    const saved = this.#savings.estimate(method, count);
    if (saved === 0) return;
    const attributes: Attributes = { [ATTRIBUTE.cancelKind]: cancel.kind, ...methodOf(call) };
    this.#saved.add(saved, attributes);
  }

  #isNew(cancelId: string): boolean {
    if (cancelId === "") return true;
    if (this.#counted.has(cancelId)) return false;
    this.#counted.add(cancelId);
    if (this.#counted.size > REMEMBERED) {
      const [oldest = ""] = this.#counted;
      this.#counted.delete(oldest);
    }
    return true;
  }

  #origin(name: string | null): string {
    return name === null ? UNKNOWN_ORIGIN : this.#origins.of(name);
  }
}

/** The method by which messages are counted. */
function methodOf(call: CallInfo): Attributes {
  return call.http === undefined ? { [CONVENTION.rpcMethod]: callName(call) } : methodAttributes(call);
}
