/**
 * Lines whose service nobody names: a pipe of several services' logs without any field. Paths name them: a service that received
 * A -> B is the one that others list after A -> B, if there is only one such.
 */
import { chainOf } from "../hops/chain.ts";
import type { Line } from "../hops/hop.ts";

/** Gives lines without a service the one name that the paths of other lines leave for them. */
export function nameUnknown(lines: readonly Line[]): void {
  if (lines.every((line) => line.service !== null)) return;
  const after = new Map<string, Set<string>>();
  const heads = new Map<string, Set<string>>();
  for (const { evidence } of lines) {
    const path = chainOf(evidence);
    if (path === null || path.length === 0) continue;
    add(heads, `${evidence.code} ${evidence.message}`, path[0] as string);
    for (let index = 1; index < path.length; index += 1)
      add(after, path.slice(0, index).join("\u0001"), path[index] as string);
    if (evidence.service !== null && evidence.side !== null) add(after, path.join("\u0001"), evidence.service);
  }
  for (const line of lines) {
    if (line.service !== null) continue;
    const { happening, code, message } = line.evidence;
    const path = chainOf(line.evidence);
    if (path !== null && path.length > 0)
      line.service = only(after.get(path.join("\u0001"))) ?? `unknown (called by ${path.at(-1)})`;
    else if (happening === "started") line.service = only(heads.get(`${code} ${message}`));
  }
}

function add(map: Map<string, Set<string>>, key: string, name: string): void {
  const names = map.get(key);
  if (names === undefined) map.set(key, new Set([name]));
  else names.add(name);
}

function only(names: Set<string> | undefined): string | null {
  return names?.size === 1 ? ([...names][0] as string) : null;
}
