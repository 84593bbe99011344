/**
 * A scene: the lines that may belong together (one trace, or everything without a trace within some time), sorted into hops, failures
 * and marks. The steps that link hops work on it one after the other.
 */
import type { CallGraph } from "./call-graph.ts";
import { chainOf } from "./chain.ts";
import { type Hop, type HopFacts, hopsOfLines, type Line, makeHop } from "./hop.ts";

/** Everything the linking steps share. */
export interface Scene {
  readonly calls: CallGraph;
  /** True where all lines carry one trace id: then time hardly matters. */
  readonly traced: boolean;
  readonly groups: Map<string, Hop[]>;
  /** All hops by their service. */
  readonly byService: Map<string, Hop[]>;
  /** What a service below answered, or that it is gone, by the service that says so: cancels nobody, but explains. */
  readonly failures: Map<string | null, Line[]>;
  /** The same by what the innermost error says and how deep it lies (see {@link errorKey}). */
  readonly errors: Map<string, Line[]>;
  /** Those of them that say that a connection is gone. */
  readonly losses: Line[];
  /** A handler's own streams ended because it had returned. */
  readonly returns: Line[];
  /** Every line that carries a call's span ids. */
  readonly spans: Line[];
}

/** Sorts lines (in order of time) into a scene. */
export function openScene(lines: readonly Line[], calls: CallGraph, traced: boolean): Scene {
  const scene: Scene = {
    calls,
    traced,
    groups: new Map(),
    byService: new Map(),
    failures: new Map(),
    errors: new Map(),
    losses: [],
    returns: [],
    spans: [],
  };
  const keyed = new Map<string, Line[]>();
  for (const line of lines) {
    const { happening } = line.evidence;
    if (line.evidence.spanId !== null) scene.spans.push(line);
    if (happening === "failed" || happening === "lost") {
      if (happening === "lost") scene.losses.push(line);
      push(scene.failures, line.service, line);
      push(
        scene.errors,
        errorKey(line.evidence.told?.depth ?? 0, line.evidence.told?.message ?? line.evidence.message),
        line,
      );
    } else if (happening === "returned") scene.returns.push(line);
    else if (happening !== "known") {
      const key = keyOf(factsOf(line));
      push(keyed, key, line);
    }
  }
  for (const [key, group] of keyed) {
    const hops = hopsOfLines(group, (line) => makeHop(key, factsOf(line), [line]));
    scene.groups.set(key, hops);
    const name = hops[0]?.service ?? "";
    const same = scene.byService.get(name);
    if (same === undefined) scene.byService.set(name, [...hops]);
    else for (const hop of hops) same.push(hop);
  }
  for (const hops of scene.byService.values()) if (hops.length > 1) hops.sort(byTime);
  return scene;
}

/** The key of an error that lies `depth` hops below whoever tells of it. */
export function errorKey(depth: number, message: string): string {
  return `${depth} ${message}`;
}

/** Adds to the list under a key. */
export function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Adds a silent hop. */
export function imply(scene: Scene, facts: HopFacts): Hop {
  const key = keyOf(facts);
  const hop = makeHop(key, facts);
  const group = scene.groups.get(key);
  if (group === undefined) scene.groups.set(key, [hop]);
  else insert(group, hop);
  const name = hop.service ?? "";
  const hops = scene.byService.get(name);
  if (hops === undefined) scene.byService.set(name, [hop]);
  else insert(hops, hop);
  return hop;
}

function insert(hops: Hop[], hop: Hop): void {
  let at = hops.length;
  while (at > 0 && (hops[at - 1] as Hop).at > hop.at) at -= 1;
  hops.splice(at, 0, hop);
}

/** Takes a hop that was absorbed out of the scene. */
export function remove(scene: Scene, hop: Hop): void {
  for (const list of [scene.groups.get(hop.key), scene.byService.get(hop.service ?? "")]) {
    const at = list?.indexOf(hop) ?? -1;
    if (at !== -1) list?.splice(at, 1);
  }
}

/** All hops of a scene, in order of time; silent ones included. */
export function allHops(scene: Scene): Hop[] {
  const hops: Hop[] = [];
  for (const group of scene.groups.values()) for (const hop of group) hops.push(hop);
  return hops.length < 2 ? hops : hops.sort(byTime);
}

/** Order of time, with ties broken by what the hops are, never by when they arrived. */
export function byTime(a: Hop, b: Hop): number {
  return a.at - b.at || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/** The key of a hop, see {@link Hop.key}. */
export function keyOf(
  hop: Pick<Hop, "role" | "service" | "code" | "path" | "message" | "triggeredBy" | "kind">,
): string {
  const { role, service, code, path, message, triggeredBy, kind } = hop;
  // A lost connection reads differently in every line; a hop that names only its neighbour has no code of its own.
  if (path === null && kind === "disconnect" && role === "reached")
    return `${service}\u0000lost\u0000${triggeredBy ?? ""}`;
  if (path === null && role === "reached" && triggeredBy !== null)
    return `${service}\u0000near\u0000${triggeredBy}\u0000${message}`;
  return `${service}\u0000${role}\u0000${code}\u0000${path === null ? "" : path.join("\u0001")}\u0000${message}`;
}

/** The hop that a line tells of. */
export function factsOf(line: Line): HopFacts {
  const { evidence, at, service } = line;
  return {
    role: evidence.happening === "started" ? "started" : "reached",
    service,
    kind: evidence.kind,
    code: evidence.code,
    path: chainOf(evidence),
    message: evidence.message,
    triggeredBy: evidence.triggeredBy,
    at,
  };
}
