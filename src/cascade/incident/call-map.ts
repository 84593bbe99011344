/**
 * Who calls whom, learned from lines in free words: names and addresses they mention, addresses that services listen at, ids that a proxy and
 * a service share, a method that only two services speak of. Weak signs are outvoted by strong ones.
 */
import type { KnownCalls } from "../hops/call-graph.ts";
import { around } from "../hops/nearest.ts";
import { WORDS_TOGETHER_MS } from "../tolerances.ts";
import type { SightedLine } from "./sight.ts";

/** An address or a name that a line gives to the other end. */
const NAMED = 3;
/** One id in a proxy's line and in a service's. */
const SHARED_ID = 2;
/** What one service says, in the answer that another one got. */
const ANSWERED = 2;
/** Lines that are looked at for each answer. */
const REACH = 40;
/** A word in a line about a failure. */
const MENTIONED = 1;

/** Shorter names are ordinary words too often. */
const SHORTEST_MENTION = 4;
const MAX_SERVICES = 500;

/** The services of the input and the calls between them. */
export class CallMap {
  readonly services: readonly string[];
  readonly #byName = new Map<string, string>();
  readonly #weights = new Map<string, Map<string, number>>();
  /** What {@link below} found, until a call is learned. */
  readonly #below = new Map<string, ReadonlySet<string>>();
  readonly #ports = new Map<string, Set<string>>();
  /** The numeric hosts that calls go to, by port. */
  readonly #hosts = new Map<string, Set<string>>();

  /** Learns from every line; `base` is what is known from elsewhere. */
  constructor(lines: readonly SightedLine[], base: KnownCalls) {
    const names = new Set<string>();
    for (const { evidence } of lines)
      if (evidence.service !== null && names.size < MAX_SERVICES) names.add(evidence.service);
    this.services = [...names].sort();
    for (const name of this.services) this.#byName.set(name.toLowerCase(), name);
    for (const callee of this.services) for (const caller of base.callersOf(callee)) this.#add(caller, callee, NAMED);
    for (const { evidence } of lines) {
      const { listens, calls } = evidence.sighting;
      for (const address of calls) {
        const [, host = "", called = ""] = /^([\d.]+):(\d+)$/.exec(address) ?? [];
        if (host !== "") this.#hosts.set(called, (this.#hosts.get(called) ?? new Set()).add(host));
      }
      const port = listens === null ? undefined : /\d+$/.exec(listens)?.[0];
      if (port === undefined || evidence.service === null) continue;
      const owners = this.#ports.get(port) ?? new Set();
      this.#ports.set(port, owners.add(evidence.service));
    }
    this.#learnNames(lines);
    this.#learnIds(lines);
    this.#learnAnswers(lines);
    this.#learnMentions(lines);
    this.#learnMethods(lines);
  }

  /** True where `caller` calls `callee`, as far as anybody knows. */
  calls(caller: string, callee: string): boolean {
    const there = this.#weights.get(caller)?.get(callee) ?? 0;
    return there > 0 && there > (this.#weights.get(callee)?.get(caller) ?? 0);
  }

  /** True where a chain of calls leads from one service to the other. */
  isAbove(above: string, below: string): boolean {
    return this.below(above).has(below);
  }

  /** The services that a chain of calls leads to from one; it is among them where the chain leads back. */
  below(above: string): ReadonlySet<string> {
    const known = this.#below.get(above);
    if (known !== undefined) return known;
    const found = new Set<string>();
    const waiting = [above];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const callee of this.calleesOf(next)) {
        if (found.has(callee)) continue;
        found.add(callee);
        waiting.push(callee);
      }
    }
    this.#below.set(above, found);
    return found;
  }

  /** The services that one calls, in order of their names. */
  calleesOf(caller: string): string[] {
    return [...(this.#weights.get(caller)?.keys() ?? [])].filter((callee) => this.calls(caller, callee)).sort();
  }

  /** The services that call one, in order of their names. */
  callersOf(callee: string): string[] {
    return [...this.#weights.keys()].filter((caller) => this.calls(caller, callee)).sort();
  }

  /** The service that a name, a host or a `host:port` means; null where it is none of the input's. */
  resolve(text: string, except: string): string | null {
    const [host = "", port] = text.toLowerCase().split(":");
    const found = this.#byHost(host);
    if (found !== null) return found === except ? null : found;
    // A port that several hosts have is that of the image, not of one service
    const owners = port === undefined || (this.#hosts.get(port)?.size ?? 0) > 1 ? undefined : this.#ports.get(port);
    const [only, ...others] = [...(owners ?? [])].filter((owner) => owner !== except);
    return only === undefined || others.length > 0 ? null : only;
  }

  #byHost(host: string): string | null {
    const whole = this.#byName.get(host) ?? this.#byName.get(host.split(".", 1)[0] ?? "");
    if (whole !== undefined) return whole;
    if (host.length < SHORTEST_MENTION || /^[\d.]+$/.test(host)) return null;
    const alike = [...this.#byName].filter(
      ([name]) => name.startsWith(`${host}-`) || (name.length >= SHORTEST_MENTION && host.startsWith(`${name}-`)),
    );
    return alike.length === 1 ? (alike[0]?.[1] ?? null) : null;
  }

  #add(caller: string, callee: string, weight: number): void {
    if (caller === callee) return;
    this.#below.clear();
    const callees = this.#weights.get(caller) ?? new Map<string, number>();
    this.#weights.set(caller, callees.set(callee, Math.max(weight, callees.get(callee) ?? 0)));
  }

  #learnNames(lines: readonly SightedLine[]): void {
    for (const { evidence } of lines) {
      const { service, side, peer, sighting } = evidence;
      if (service === null) continue;
      // Whoever ends what it had called because its own caller left tells of both
      const ofCaller = side === "server" && !sighting.proxy && sighting.handsOn !== true;
      const named = ofCaller ? [] : [...sighting.calls, ...(peer === null ? [] : [peer])];
      for (const name of named) {
        const callee = this.resolve(name, service);
        if (callee !== null) this.#add(service, callee, NAMED);
      }
      for (const name of sighting.calledBy) {
        const caller = this.resolve(name, service);
        if (caller !== null) this.#add(caller, service, NAMED);
      }
    }
  }

  /** A proxy stands above whoever else writes the id of a request that it passed on; of two proxies the one that took longer. */
  #learnIds(lines: readonly SightedLine[]): void {
    const byValue = new Map<string, SightedLine[]>();
    for (const line of lines) {
      for (const { value } of line.evidence.sighting.marks) {
        if (value.length < SHORTEST_MENTION) continue;
        const same = byValue.get(value);
        if (same === undefined) byValue.set(value, [line]);
        else if (same.length < 20) same.push(line);
      }
    }
    for (const same of byValue.values()) {
      const proxies = same.filter(({ evidence }) => evidence.sighting.proxy && evidence.service !== null);
      for (const proxy of proxies) {
        for (const other of same) {
          if (other.evidence.service === null || other.evidence.service === proxy.evidence.service) continue;
          const upper = !other.evidence.sighting.proxy || longest(proxy) > longest(other);
          if (upper && (proxy.evidence.sighting.calls.length > 0 || !other.evidence.sighting.proxy))
            this.#add(proxy.evidence.service as string, other.evidence.service, SHARED_ID);
        }
      }
    }
  }

  /** Whoever was answered in the words in which another service wrote about its own end has called it. */
  #learnAnswers(lines: readonly SightedLine[]): void {
    const answered = lines.filter(({ evidence }) => evidence.sighting.answered !== null);
    if (answered.length === 0) return;
    const ended = lines.filter(({ evidence }) => evidence.type === "claim").sort((a, b) => a.at - b.at);
    // Times without a fraction may lie a whole step apart
    const stepMs = [...answered, ...ended].reduce((widest, { evidence }) => Math.max(widest, evidence.stepMs ?? 0), 0);
    for (const { evidence, at } of answered) {
      const { service, sighting } = evidence;
      if (service === null) continue;
      const told = sighting.answered ?? [];
      for (const other of around(ended, at, WORDS_TOGETHER_MS + stepMs).slice(0, REACH)) {
        const callee = other.evidence.service;
        const repeats = other.evidence.sighting.answered?.some((text) => told.includes(text)) === true;
        if (callee === null || repeats) continue;
        if (told.some((text) => other.evidence.text.includes(text))) this.#add(service, callee, ANSWERED);
      }
    }
  }

  #learnMentions(lines: readonly SightedLine[]): void {
    const names = this.services.filter((name) => name.length >= SHORTEST_MENTION);
    if (names.length < 2) return;
    const pattern = new RegExp(
      `(?<!(?:from|by|source=|of) )(?<![\\w.:/=-])(${names.map(escapeRegExp).join("|")})(?![\\w.-]|:)`,
      "gi",
    );
    for (const { evidence } of lines) {
      if (evidence.service === null || (evidence.type === "claim" && evidence.about === "caller")) continue;
      if (evidence.type !== "claim" && evidence.type !== "answer") continue;
      for (const [, word = ""] of evidence.text.matchAll(pattern)) {
        const callee = this.#byName.get(word.toLowerCase());
        if (callee !== undefined) this.#add(evidence.service, callee, MENTIONED);
      }
    }
  }

  /** A method in capitals that two services speak of, one of them in a line about a failure. */
  #learnMethods(lines: readonly SightedLine[]): void {
    const speakers = new Map<string, Set<string>>();
    const failing = new Map<string, Set<string>>();
    for (const { evidence } of lines) {
      if (evidence.service === null) continue;
      for (const [word] of evidence.text.matchAll(/(?<![\w.])[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+(?![\w(.])/g)) {
        if (speakers.size > 5_000) break;
        (speakers.get(word) ?? speakers.set(word, new Set()).get(word))?.add(evidence.service);
        if (evidence.type === "claim" && evidence.about === "self")
          (failing.get(word) ?? failing.set(word, new Set()).get(word))?.add(evidence.service);
      }
    }
    for (const [word, callers] of failing) {
      const [caller, ...more] = callers;
      const others = [...(speakers.get(word) ?? [])].filter((service) => service !== caller);
      if (caller !== undefined && more.length === 0 && others.length === 1)
        this.#add(caller, others[0] as string, MENTIONED);
    }
  }
}

function longest({ evidence }: SightedLine): number {
  return Math.max(0, ...evidence.sighting.durationsMs);
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
