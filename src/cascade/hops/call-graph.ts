/**
 * Who calls whom, and who has callers at all: the best help in telling a relay from an origin. Learned from every piece of evidence:
 * peers named in records, paths, spans, addresses that servers listen at. Bounded: names beyond the limit are not learned.
 */
import type { Claim, Evidence } from "../../model/index.ts";

const MAX_NAMES = 20_000;

/** What the steps of a judgement may ask of a call graph. */
export interface KnownCalls {
  /** Names of places that write and that no text mentions: see the naming. */
  readonly strangers: ReadonlySet<string>;
  /** True where all that was written was written under one name. */
  readonly hasOneWriter: boolean;
  /** True where something shows that the service has callers. */
  serves(service: string): boolean;
  /** True where the name is known to be a service's. */
  knows(name: string): boolean;
  /** The services known to call this one. */
  callersOf(service: string): ReadonlySet<string>;
  /** The service that listens at an address; null where no server said so, and none, or several, answered there. */
  at(address: string): string | null;
  /** The peer of an outgoing stream, with hints believed only where a service of that name is known. */
  peerOf(evidence: Evidence): string | null;
}

/** What is known about the services of the input. */
export class CallGraph implements KnownCalls {
  readonly #base: CallGraph | null;
  readonly #callers = new Map<string, Set<string>>();
  readonly #serving = new Set<string>();
  readonly #names = new Set<string>();
  readonly #listeners = new Map<string, string>();
  /** Who answered calls to an address; null: several. */
  readonly #servers = new Map<string, string | null>();

  /** The first two names that something was written under: whether there is one or are several is all that is asked. */
  readonly #writers = new Set<string>();

  #facts = 0;

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
      this.#writes(service);
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

  /** Learns from the spans of one trace: a server span's parent is its caller's client span, which may say where it called. */
  learnSpans(lines: readonly { readonly evidence: Evidence }[]): void {
    let callers: Map<string, Evidence> | null = null;
    for (const { evidence } of lines) {
      const { parentSpanId, service, request } = evidence;
      if (parentSpanId === null || service === null) continue;
      callers ??= spansOfServices(lines);
      const caller = callers.get(parentSpanId);
      if (caller === undefined) continue;
      if (caller.service !== null && caller.service !== service) this.#call(caller.service, service);
      if (request?.role === "served" && caller.request?.role === "sent" && caller.address !== null)
        this.#servesAt(caller.address, service);
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

  #writes(name: string): void {
    if (this.#writers.size >= 2 || this.#writers.has(name)) return;
    this.#writers.add(name);
    this.#facts += 1;
  }

  get hasOneWriter(): boolean {
    const base = this.#base;
    if (base === null) return this.#writers.size < 2;
    return new Set([...base.#writers, ...this.#writers]).size < 2 && base.hasOneWriter;
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

  /** An address that two services answer at, on two hosts or behind one proxy, names neither. */
  #servesAt(address: string, service: string): void {
    const known = this.#servers.get(address);
    if (known === service || known === null || (known === undefined && this.#servers.size >= MAX_NAMES)) return;
    this.#servers.set(address, known === undefined ? service : null);
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

  serves(service: string): boolean {
    return this.#serving.has(service) || this.#base?.serves(service) === true;
  }

  knows(name: string): boolean {
    return this.#names.has(name) || this.#callers.has(name) || this.#base?.knows(name) === true;
  }

  callersOf(service: string): ReadonlySet<string> {
    const own = this.#callers.get(service);
    const known = this.#base?.callersOf(service) ?? EMPTY;
    if (own === undefined) return known;
    return known.size === 0 ? own : new Set([...known, ...own]);
  }

  at(address: string): string | null {
    const said = this.#listeners.get(address);
    if (said !== undefined) return said;
    const base = this.#base?.at(address) ?? null;
    const seen = this.#servers.get(address);
    if (seen === undefined) return base;
    return base === null || base === seen ? seen : null;
  }

  peerOf(evidence: Evidence): string | null {
    return peerOf(this, evidence);
  }
}

/** See {@link KnownCalls.peerOf}. */
export function peerOf(calls: Pick<KnownCalls, "knows" | "at">, evidence: Evidence): string | null {
  if (evidence.peer !== null) return evidence.peer;
  if (evidence.peerHint !== null && calls.knows(evidence.peerHint)) return evidence.peerHint;
  return evidence.address !== null && evidence.side === "client" ? calls.at(evidence.address) : null;
}

function spansOfServices(lines: readonly { readonly evidence: Evidence }[]): Map<string, Evidence> {
  const spans = new Map<string, Evidence>();
  for (const { evidence } of lines) {
    if (evidence.spanId !== null && evidence.service !== null) spans.set(evidence.spanId, evidence);
  }
  return spans;
}

const EMPTY: ReadonlySet<string> = new Set();
