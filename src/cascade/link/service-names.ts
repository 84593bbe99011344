/**
 * Lines whose service nobody names: a pipe of several services' logs without any field. Paths name them: a service that received
 * A -> B is the one that others list after A -> B, if there is only one such.
 */
import type { Claim } from "../../model/index.ts";
import { chainOf } from "../hops/chain.ts";
import type { Line } from "../hops/hop.ts";

/** Names lines without a service with the one name that the paths of other lines leave for them; the others stay as they are. */
export function nameUnknown(lines: readonly Line[]): readonly Line[] {
  if (lines.every(({ evidence }) => evidence.service !== null)) return lines;
  const after = new Map<string, Set<string>>();
  const heads = new Map<string, Set<string>>();
  for (const { evidence } of lines) {
    if (evidence.type !== "claim") continue;
    const path = chainOf(evidence);
    if (path === null || path.length === 0) continue;
    add(heads, `${evidence.code} ${evidence.message}`, path[0] as string);
    for (let length = 1; length < path.length; length += 1)
      add(after, path.slice(0, length).join("\u0001"), path[length] as string);
    if (evidence.service !== null && evidence.side !== null) add(after, path.join("\u0001"), evidence.service);
  }
  return lines.map((line) => {
    const { evidence } = line;
    if (evidence.service !== null || evidence.type !== "claim") return line;
    const service = nameOf(evidence, after, heads);
    return service === null ? line : { ...line, evidence: { ...evidence, service }, ownerGuessed: true as const };
  });
}

type Names = ReadonlyMap<string, ReadonlySet<string>>;

function nameOf(claim: Claim, after: Names, heads: Names): string | null {
  const path = chainOf(claim);
  if (path !== null && path.length > 0)
    return only(after.get(path.join("\u0001"))) ?? `unknown (called by ${path.at(-1)})`;
  return claim.observation === "started" ? only(heads.get(`${claim.code} ${claim.message}`)) : null;
}

function add(map: Map<string, Set<string>>, key: string, name: string): void {
  const names = map.get(key);
  if (names === undefined) map.set(key, new Set([name]));
  else names.add(name);
}

function only(names: ReadonlySet<string> | undefined): string | null {
  return names?.size === 1 ? ([...names][0] as string) : null;
}
