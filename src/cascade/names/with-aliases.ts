/** The other names of the services in a cascade. */
import type { Cascade } from "../../model/index.ts";

/** Adds to the services of a cascade their other names, if they have any. */
export function withAliases<Judged extends Omit<Cascade, "id" | "aliases">>(
  cascade: Judged,
  aliasesOf: (service: string) => readonly string[],
): Judged {
  const { origin, reached } = cascade;
  const aliases = origin.service === null ? [] : aliasesOf(origin.service);
  let changed = aliases.length > 0;
  const named = reached.map((each) => {
    const others = aliasesOf(each.service);
    if (others.length === 0) return each;
    changed = true;
    return { ...each, aliases: others };
  });
  if (!changed) return cascade;
  return { ...cascade, origin: aliases.length === 0 ? origin : { ...origin, aliases }, reached: named };
}
