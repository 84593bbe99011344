/**
 * Who calls whom, and who has callers at all: the best help in telling a relay from an origin. Learned from every piece of evidence:
 * peers named in records, paths, spans, addresses that servers listen at. Bounded: names beyond the limit are not learned.
 */
import type { Evidence } from "../model/index.ts";

const MAX_NAMES = 20_000;

/** What is known about the services of the input. */
export class CallGraph {
  readonly #callers = new Map<string, Set<string>>();
  readonly #serving = new Set<string>();
  readonly #names = new Set<string>();
  readonly #listeners = new Map<string, string>();

  /** Learns from one piece of evidence. */
  learn(evidence: Evidence): void {
    const { service, peer, path } = evidence;
    if (service !== null) {
      this.#name(service);
      if (evidence.serves) this.#serves(service);
      if (evidence.happening === "known" && evidence.address !== null) this.#listeners.set(evidence.address, service);
      if (peer !== null && evidence.side !== "server") this.#call(service, peer);
      if (evidence.triggeredBy !== null && evidence.triggeredBy !== "" && evidence.triggeredBy !== "remote service") {
        if (evidence.path === null || evidence.path.length <= 1) this.#name(evidence.triggeredBy);
      }
    }
    if (path !== null && path.length > 0 && evidence.dialect === "ttstream") this.#learnPath(path, service, evidence);
  }

  /** Learns from the spans of one trace: a server span's parent is its caller's client span. */
  learnSpans(spans: readonly Evidence[]): void {
    const services = new Map<string, string>();
    for (const { spanId, service } of spans) if (spanId !== null && service !== null) services.set(spanId, service);
    for (const { parentSpanId, service } of spans) {
      const caller = parentSpanId === null ? undefined : services.get(parentSpanId);
      if (caller !== undefined && service !== null && caller !== service) this.#call(caller, service);
    }
  }

  #learnPath(path: readonly string[], service: string | null, evidence: Evidence): void {
    // A path whose code is a proxy's begins with the proxy, which nobody calls by name.
    for (let index = 1; index < path.length; index += 1) {
      const name = path[index] as string;
      if (name === "") continue;
      this.#name(name);
      this.#serves(name);
      const caller = path[index - 1] as string;
      if (caller !== "" && index > 1) this.#call(caller, name);
    }
    const last = path[path.length - 1] as string;
    if (service !== null && last !== "" && evidence.side === "server") this.#call(last, service);
  }

  #name(name: string): void {
    if (this.#names.size < MAX_NAMES) this.#names.add(name);
  }

  #serves(name: string): void {
    if (this.#serving.size < MAX_NAMES) this.#serving.add(name);
  }

  #call(caller: string, callee: string): void {
    let callers = this.#callers.get(callee);
    if (callers === undefined) {
      if (this.#callers.size >= MAX_NAMES) return;
      callers = new Set();
      this.#callers.set(callee, callers);
    }
    if (callers.size < 1_000) callers.add(caller);
    this.#serves(callee);
  }

  /** True where something shows that the service has callers. */
  serves(service: string): boolean {
    return this.#serving.has(service);
  }

  /** True where the name is known to be a service's. */
  knows(name: string): boolean {
    return this.#names.has(name) || this.#callers.has(name);
  }

  /** The services known to call this one. */
  callersOf(service: string): ReadonlySet<string> {
    return this.#callers.get(service) ?? EMPTY;
  }

  /** The service that listens at an address; null where no server said so. */
  at(address: string): string | null {
    return this.#listeners.get(address) ?? null;
  }

  /** The peer of an outgoing stream, with hints believed only where a service of that name is known. */
  peerOf(evidence: Evidence): string | null {
    if (evidence.peer !== null) return evidence.peer;
    if (evidence.peerHint !== null && this.knows(evidence.peerHint)) return evidence.peerHint;
    return evidence.address !== null && evidence.side === "client" ? this.at(evidence.address) : null;
  }
}

const EMPTY: ReadonlySet<string> = new Set();
