/**
 * Who calls whom, and who has callers at all: the best help in telling a relay from an origin. Learned from every piece of evidence:
 * peers named in records, paths, spans, addresses that servers listen at. Bounded: names beyond the limit are not learned.
 */
import type { Claim, Evidence } from "../../model/index.ts";

const MAX_NAMES = 20_000;

/** What is known about the services of the input. */
export class CallGraph {
  readonly #base: CallGraph | null;
  readonly #callers = new Map<string, Set<string>>();
  readonly #serving = new Set<string>();
  readonly #names = new Set<string>();
  readonly #listeners = new Map<string, string>();

  #facts = 0;

  /** Names of places that write and that no text mentions: see the naming. */
  strangers: ReadonlySet<string> = EMPTY;

  /** @param base what is known already; it is read, never written */
  constructor(base: CallGraph | null = null) {
    this.#base = base;
  }

  /** Rises with every new fact: what was judged before may be judged otherwise now. */
  get revision(): number {
    return this.#facts + (this.#base?.revision ?? 0);
  }

  /** Learns from one piece of evidence. */
  learn(evidence: Evidence): void {
    const { service, peer } = evidence;
    if (service !== null) {
      this.#name(service);
      if (evidence.serves) this.#serves(service);
      if (evidence.type === "process" && evidence.address !== null) this.#listensAt(evidence.address, service);
      if (peer !== null && evidence.side !== "server") this.#call(service, peer);
    }
    if (evidence.type !== "claim") return;
    const { caller, path } = evidence;
    if (service !== null && caller !== null && caller.name !== null && (path === null || path.length <= 1))
      this.#name(caller.name);
    if (path !== null && path.length > 0) this.#learnPath(path, evidence);
  }

  /** Learns from the spans of one trace: a server span's parent is its caller's client span. */
  learnSpans(lines: readonly { readonly evidence: Evidence }[]): void {
    let services: Map<string, string> | null = null;
    for (const { evidence } of lines) {
      if (evidence.parentSpanId === null || evidence.service === null) continue;
      services ??= servicesOfSpans(lines);
      const caller = services.get(evidence.parentSpanId);
      if (caller !== undefined && caller !== evidence.service) this.#call(caller, evidence.service);
    }
  }

  #learnPath(path: readonly string[], { service, side, foreignPath }: Claim): void {
    // A path may begin with a proxy, which nobody calls by name.
    const first = foreignPath ? 0 : 1;
    for (let index = first; index < path.length; index += 1) {
      const name = path[index] as string;
      if (name === "") continue;
      this.#name(name);
      this.#serves(name);
      const caller = index === 0 ? "" : (path[index - 1] as string);
      if (caller !== "" && index > first) this.#call(caller, name);
    }
    const last = path[path.length - 1] as string;
    if (service !== null && last !== "" && side === "server") this.#call(last, service);
  }

  #name(name: string): void {
    if (this.knows(name) || this.#names.size >= MAX_NAMES) return;
    this.#names.add(name);
    this.#facts += 1;
  }

  #serves(name: string): void {
    if (this.serves(name) || this.#serving.size >= MAX_NAMES) return;
    this.#serving.add(name);
    this.#facts += 1;
  }

  #listensAt(address: string, service: string): void {
    if (this.at(address) === service || this.#listeners.size >= MAX_NAMES) return;
    this.#listeners.set(address, service);
    this.#facts += 1;
  }

  #call(caller: string, callee: string): void {
    let callers = this.#callers.get(callee);
    if (callers === undefined) {
      if (this.#callers.size >= MAX_NAMES) return;
      callers = new Set();
      this.#callers.set(callee, callers);
    }
    if (callers.size < 1_000 && !callers.has(caller)) {
      callers.add(caller);
      this.#facts += 1;
    }
    this.#serves(callee);
  }

  /** True where something shows that the service has callers. */
  serves(service: string): boolean {
    return this.#serving.has(service) || this.#base?.serves(service) === true;
  }

  /** True where the name is known to be a service's. */
  knows(name: string): boolean {
    return this.#names.has(name) || this.#callers.has(name) || this.#base?.knows(name) === true;
  }

  /** The services known to call this one. */
  callersOf(service: string): ReadonlySet<string> {
    const own = this.#callers.get(service);
    const known = this.#base?.callersOf(service) ?? EMPTY;
    if (own === undefined) return known;
    return known.size === 0 ? own : new Set([...known, ...own]);
  }

  /** The service that listens at an address; null where no server said so. */
  at(address: string): string | null {
    return this.#listeners.get(address) ?? this.#base?.at(address) ?? null;
  }

  /** The peer of an outgoing stream, with hints believed only where a service of that name is known. */
  peerOf(evidence: Evidence): string | null {
    if (evidence.peer !== null) return evidence.peer;
    if (evidence.peerHint !== null && this.knows(evidence.peerHint)) return evidence.peerHint;
    return evidence.address !== null && evidence.side === "client" ? this.at(evidence.address) : null;
  }
}

function servicesOfSpans(lines: readonly { readonly evidence: Evidence }[]): Map<string, string> {
  const services = new Map<string, string>();
  for (const { evidence } of lines) {
    if (evidence.spanId !== null && evidence.service !== null) services.set(evidence.spanId, evidence.service);
  }
  return services;
}

const EMPTY: ReadonlySet<string> = new Set();
