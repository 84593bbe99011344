/** Whether a diagnosis says what really happened. */
import type { Cascade } from "../../src/model/index.ts";
import { diagnose, evidenceOf } from "../support/diagnose.ts";
import type { TrueCascade } from "./scenarios.ts";

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

/** Diagnoses the logs in files; what is wrong with it, as sentences. */
export async function judge(files: readonly string[], truth: readonly TrueCascade[]): Promise<string[]> {
  const wrong: string[] = [];
  const left = diagnose(await evidenceOf(files)).cascades.filter(({ origin }) => origin.kind !== "error");
  for (const each of truth) {
    const found = left.findIndex((cascade) => isThis(cascade, each));
    const cascade = left[found];
    if (cascade !== undefined) left.splice(found, 1);
    if (cascade !== undefined) wrong.push(...compare(cascade, each));
    else if (each.optional !== true) wrong.push(`the cascade of ${each.origin} (${each.kind}) was not found`);
  }
  for (const cascade of left) {
    const reached = victims(cascade);
    if (reached.length > 0) wrong.push(`${cascade.origin.service} (${cascade.origin.kind}) did not cancel ${reached}`);
  }
  return wrong;
}

function isThis({ origin }: Cascade, truth: TrueCascade): boolean {
  return (
    [truth.origin, ...(truth.originAlso ?? [])].includes(origin.service) &&
    [truth.kind, ...(truth.kindAlso ?? [])].includes(origin.kind)
  );
}

function victims(cascade: Cascade): string[] {
  return sorted(cascade.reached.map(({ service }) => service).filter((name) => name !== cascade.origin.service));
}

function compare(cascade: Cascade, truth: TrueCascade): string[] {
  const wrong: string[] = [];
  const without = (names: readonly string[], also: readonly string[] = []) =>
    names.filter((name) => !also.includes(name));
  const check = (what: string, got: readonly string[], want: readonly string[]) => {
    if (String(got) !== String(sorted(want)))
      wrong.push(`${what} of ${truth.origin}: ${got} instead of ${sorted(want)}`);
  };
  check("reached", without(victims(cascade), truth.reachedAlso), truth.reached);
  const falseOrigins = sorted(cascade.falseOrigins.map(({ service }) => service));
  check("false origins", without(falseOrigins, truth.falseOriginsAlso), truth.falseOrigins ?? []);
  if (truth.trigger !== undefined) check("trigger", [cascade.trigger?.service ?? "none"], [truth.trigger]);
  return wrong;
}
