import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Cascade } from "../../src/model/index.ts";
import { diagnose, evidenceOf } from "../support/diagnose.ts";

interface Truth {
  readonly origin: string | null;
  readonly kind: string;
  readonly reached: readonly string[];
  readonly falseOrigins?: readonly string[];
  readonly trigger?: string;
  readonly optional?: boolean;
  readonly originAlso?: readonly (string | null)[];
  readonly kindAlso?: readonly string[];
  readonly reachedAlso?: readonly string[];
  readonly falseOriginsAlso?: readonly string[];
}

const fixtures = join(import.meta.dirname, "../fixtures");

function truthOf(folder: string): Readonly<Record<string, readonly Truth[]>> {
  return JSON.parse(readFileSync(join(fixtures, folder, "truth.json"), "utf8"));
}

function filesOf(folder: string, input: "json" | "klog", name: string): string[] {
  if (input === "json") {
    const file = join(fixtures, folder, "json", `${name}.jsonl`);
    return existsSync(file) ? [file] : [];
  }
  const place = join(fixtures, folder, "klog", name);
  return existsSync(place) ? readdirSync(place).map((file) => join(place, file)) : [];
}

function matches(cascade: Cascade, truth: Truth): boolean {
  return (
    [truth.origin, ...(truth.originAlso ?? [])].includes(cascade.origin.service) &&
    [truth.kind, ...(truth.kindAlso ?? [])].includes(cascade.origin.kind)
  );
}

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

function check(truth: readonly Truth[], cascades: readonly Cascade[]): void {
  const left = [...cascades];
  for (const each of truth) {
    const cascade = left.find((candidate) => matches(candidate, each));
    if (cascade === undefined && each.optional === true) continue;
    expect(cascade, `the cascade of ${each.origin}`).toBeDefined();
    if (cascade === undefined) continue;
    left.splice(left.indexOf(cascade), 1);
    const also = new Set(each.reachedAlso);
    const reached = cascade.reached
      .map(({ service }) => service)
      .filter((name) => name !== cascade.origin.service && !also.has(name));
    expect(sorted(reached)).toEqual(sorted(each.reached));
    const allowed = new Set(each.falseOriginsAlso);
    expect(sorted(cascade.falseOrigins.map(({ service }) => service).filter((name) => !allowed.has(name)))).toEqual(
      sorted(each.falseOrigins ?? []),
    );
    if (each.trigger !== undefined) expect(cascade.trigger?.service).toBe(each.trigger);
  }
  expect(left.filter(({ reached }) => reached.length > 0).map(({ origin }) => origin.service)).toEqual([]);
}

describe.each(["json", "klog"] as const)("recorded chains of real Kitex, %s", (input) => {
  const truth = truthOf("kitex");
  it.each(Object.keys(truth))("%s is diagnosed as it happened", async (name) => {
    const files = filesOf("kitex", input, name);
    if (files.length === 0) return;
    check(truth[name] ?? [], diagnose(await evidenceOf(files)).cascades);
  });
});

describe("recorded chains of Kitex gRPC and mixed chains", () => {
  const truth = truthOf("kitex-grpc");
  const names = Object.keys(truth).filter((name) => filesOf("kitex-grpc", "json", name).length > 0);
  it.each(names)("%s is diagnosed as it happened", async (name) => {
    check(truth[name] ?? [], diagnose(await evidenceOf(filesOf("kitex-grpc", "json", name))).cascades);
  });
});
