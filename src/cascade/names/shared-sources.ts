/**
 * Inputs that several services write to under one name: a file into which all logs were put, a pipe of many pods without a prefix.
 * Their name is nobody's, and lines from there prove nothing about who wrote them.
 */
import type { Claim } from "../../model/index.ts";
import { chainOf } from "../hops/chain.ts";
import type { Line } from "../hops/hop.ts";
import { PER_HOP_MS } from "../tolerances.ts";
import { foldName } from "./likeness.ts";
import type { NameFacts } from "./name-facts.ts";
import { isPlaceName } from "./name-groups.ts";

/** What an input's lines say about its owner. */
interface Owner {
  readonly name: string;
  readonly addresses: Set<string>;
  /** When each path was received here, by cause and path. */
  readonly received: Map<string, number[]>;
  /** Paths whose last service writes nowhere: if the path above is received here too, that service writes here. */
  readonly below: { readonly above: string; readonly at: number }[];
  ownNameInPath: boolean;
  /** False for a name that the lines give themselves. */
  readonly ofPlace: boolean;
  /** True if an end of a stream to somebody below is told here. */
  passesOn: boolean;
}

/**
 * The names of inputs whose lines contradict one owner: it listens at two addresses, it was cancelled through itself, or it received
 * both A and A -> B while B writes nowhere else.
 */
export function sharedSources(lines: readonly Line[], facts: NameFacts): ReadonlySet<string> {
  const owners = new Map<string, Owner>();
  for (const { evidence, at } of lines) {
    const { service, serviceFrom, place } = evidence;
    if (service === null || !("source" in place)) continue;
    const ofPlace = isPlaceName(serviceFrom);
    // A name in the lines themselves is doubted only where it is the only one and no text knows it
    if (!ofPlace && (!facts.hasOneWriter || facts.mentions(service))) continue;
    const owner = ownerAt(owners, place.source, service, ofPlace);
    if (ofPlace && evidence.type === "process" && evidence.address !== null) owner.addresses.add(evidence.address);
    else if (evidence.type === "claim") receive(owner, evidence, at, facts);
  }
  return new Set([...owners.values()].filter(isShared).map(({ name }) => name));
}

function ownerAt(owners: Map<string, Owner>, source: string, name: string, ofPlace: boolean): Owner {
  const key = `${source}\u0000${name}`;
  let owner = owners.get(key);
  if (owner === undefined) {
    owner = {
      name,
      addresses: new Set(),
      received: new Map(),
      below: [],
      ownNameInPath: false,
      ofPlace,
      passesOn: false,
    };
    owners.set(key, owner);
  }
  return owner;
}

function receive(owner: Owner, claim: Claim, at: number, facts: NameFacts): void {
  if (claim.side === "client") owner.passesOn = true;
  const path = chainOf(claim);
  if (path === null || path.length === 0) return;
  const folded = foldName(owner.name);
  if (path.some((name) => foldName(name) === folded)) owner.ownNameInPath = true;
  const cause = `${claim.traceId}\u0000${claim.code}\u0000${claim.message}\u0000`;
  const key = cause + path.join("\u0001");
  const times = owner.received.get(key);
  if (times === undefined) owner.received.set(key, [at]);
  else times.push(at);
  if (path.length > 1 && facts.writerOf(path.at(-1) as string) === null)
    owner.below.push({ above: cause + path.slice(0, -1).join("\u0001"), at });
}

function isShared({ addresses, ownNameInPath, below, received, ofPlace, passesOn }: Owner): boolean {
  // Who calls nobody may be called twice: by a service, and by one without a log that this one had called
  if (!ofPlace && !passesOn) return false;
  if (areSeveral(addresses) || ownNameInPath) return true;
  return below.some(({ above, at }) => received.get(above)?.some((when) => Math.abs(when - at) <= PER_HOP_MS) === true);
}

/** A server that says only its port, or that it listens everywhere or on this machine, names no host. */
const NO_HOST = /^(?:|\*|0\.0\.0\.0|127(?:\.\d{1,3}){3}|localhost|\[?::1?\]?|\[\])$/i;

/** True for addresses that no single server has: of two ports, or of two hosts. One is often told twice, by a library and by the program. */
function areSeveral(addresses: ReadonlySet<string>): boolean {
  const hosts = new Set<string>();
  const ports = new Set<string>();
  for (const address of addresses) {
    const [, host = address, port = ""] = /^(.*?):?(\d+)$/.exec(address) ?? [];
    if (!NO_HOST.test(host)) hosts.add(host);
    ports.add(port);
  }
  return hosts.size > 1 || ports.size > 1;
}
