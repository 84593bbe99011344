import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Cascade } from "../../src/model/index.ts";
import { diagnose, evidenceOf } from "../support/diagnose.ts";
import { type Outline, outline } from "../support/scene.ts";

/** What happened, and what a diagnosis of each input says of it; nothing where an input does not show it. */
interface Truth {
  readonly origin: string | null;
  readonly kind: string;
  readonly reached: readonly string[];
  readonly falseOrigins?: readonly string[];
  readonly trigger?: string;
  readonly originAlso?: readonly (string | null)[];
  readonly kindAlso?: readonly string[];
  readonly reachedAlso?: readonly string[];
  readonly falseOriginsAlso?: readonly string[];
  readonly said?: Readonly<Partial<Record<Input, Pick<Outline, "origin" | "rules" | "lines">>>>;
}

type Input = "json" | "klog";

const fixtures = join(import.meta.dirname, "../fixtures");

function truthOf(folder: string): Readonly<Record<string, readonly Truth[]>> {
  return JSON.parse(readFileSync(join(fixtures, folder, "truth.json"), "utf8"));
}

/** The files of a recording. */
function filesOf(folder: string, input: Input, name: string): string[] {
  if (input === "json") return [join(fixtures, folder, "json", `${name}.jsonl`)];
  const place = join(fixtures, folder, "klog", name);
  return readdirSync(place).map((file) => join(place, file));
}

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

/** Says that a cascade tells what happened, and with the certainty, for the reasons and from the lines that were judged right. */
function check(cascade: Cascade, truth: Truth, input: Input): void {
  const { origin, rules, lines, reached, falseOrigins } = outline(cascade);
  expect({ origin, rules, lines }).toEqual(truth.said?.[input]);
  expect([truth.origin, ...(truth.originAlso ?? [])]).toContain(cascade.origin.service);
  expect([truth.kind, ...(truth.kindAlso ?? [])]).toContain(cascade.origin.kind);
  const without = (names: readonly string[], also: readonly string[] = []) =>
    sorted(names.filter((name) => !also.includes(name) && name !== cascade.origin.service));
  expect(without(reached, truth.reachedAlso)).toEqual(sorted(truth.reached));
  expect(without(falseOrigins, truth.falseOriginsAlso)).toEqual(sorted(truth.falseOrigins ?? []));
  expect(cascade.trigger?.service).toBe(truth.trigger);
  expect(cascade.count).toBe(1);
}

describe.each([
  ["kitex", "json"],
  ["kitex", "klog"],
  ["kitex-grpc", "json"],
] as const)("recorded chains of real %s, %s", (folder, input) => {
  const truth = truthOf(folder);

  it.each(Object.keys(truth))("%s is diagnosed as it happened", async (name) => {
    const { cascades } = diagnose(await evidenceOf(filesOf(folder, input, name)));
    const expected = (truth[name] ?? []).filter(({ said }) => said?.[input] !== undefined);
    const left = [...cascades];
    for (const each of expected) {
      const cascade = left.find((candidate) => outline(candidate).origin === each.said?.[input]?.origin);
      expect(cascade, `the cascade of ${each.origin} in ${JSON.stringify(cascades.map(outline))}`).toBeDefined();
      if (cascade === undefined) continue;
      left.splice(left.indexOf(cascade), 1);
      check(cascade, each, input);
    }
    expect(left.map(outline)).toEqual([]);
  });
});
