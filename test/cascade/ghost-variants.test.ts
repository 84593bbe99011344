import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Diagnosis, Evidence } from "../../src/model/index.ts";
import { diagnose, evidenceOf } from "../support/diagnose.ts";

const folder = join(import.meta.dirname, "../fixtures/kitex/json");
const LATER_NS = 3_500_000_000n;

/** The lines of a leaf in a recording, by what they tell of its end; line numbers count from 1. */
interface Leaf {
  readonly file: string;
  readonly service: string;
  readonly contextDone: number;
  readonly work: readonly number[];
  readonly shutdown: readonly number[];
}

/** Services that passed nothing on, wrote when their context was done, and worked on a little. */
function leavesOf(file: string): Leaf[] {
  const lines = readFileSync(join(folder, file), "utf8").trimEnd().split("\n");
  const records = lines.map((text, index) => ({ text, line: index + 1, ...(JSON.parse(text) as Said) }));
  return [...new Set(records.map(({ service }) => service))].flatMap((service): Leaf[] => {
    const own = records.filter((record) => record.service === service);
    const at = own.findIndex(({ msg }) => msg === "stream context done");
    if (at === -1 || own.some(({ text }) => /client-side|"peer"/.test(text))) return [];
    const after = own.slice(at + 1);
    const down = after.findIndex(({ msg }) => /Shutdown|stop server/.test(msg));
    const end = down === -1 ? after.length : down;
    const numbers = (some: readonly { line: number }[]): number[] => some.map(({ line }) => line);
    const [work, shutdown] = [numbers(after.slice(0, end)), numbers(after.slice(end))];
    return work.length === 0 ? [] : [{ file, service, contextDone: own[at]?.line ?? 0, work, shutdown }];
  });
}

interface Said {
  readonly service: string;
  readonly msg: string;
}

/** The diagnosis of a recording some of whose lines were written 3.5 s later. */
async function moved({ file }: Leaf, lines: readonly number[]): Promise<Diagnosis> {
  const evidence = await evidenceOf([join(folder, file)]);
  const isMoved = ({ place }: Evidence): boolean => "source" in place && lines.includes(place.line ?? 0);
  return diagnose(
    evidence.map((each) => (isMoved(each) && each.at !== null ? { ...each, at: each.at + LATER_NS } : each)),
  );
}

function running({ cascades }: Diagnosis): string[] {
  return cascades.flatMap(({ reached }) =>
    reached.filter(({ state }) => state === "still-running").map(({ service }) => service),
  );
}

const leaves = readdirSync(folder)
  .filter((name) => name.endsWith(".jsonl"))
  .flatMap(leavesOf);

describe.each(leaves)("$service of $file", (leaf) => {
  it("is still running where its lines of work come 3.5 s after its context was done", async () => {
    const found = await moved(leaf, leaf.work);
    expect(running(found)).toEqual([leaf.service]);
    expect(found.warnings.filter(({ rule }) => rule === "ghost-work").map(({ service }) => service)).toEqual([
      leaf.service,
    ]);
  });

  it("heard late, and did not work on, where its context was done as late", async () => {
    expect(running(await moved(leaf, [leaf.contextDone, ...leaf.work]))).toEqual([]);
  });

  it("has stopped where only its process lived on", async () => {
    expect(running(await moved(leaf, leaf.shutdown))).toEqual([]);
  });
});

it("there are recordings of leaves that wrote when their context was done", () => {
  expect(leaves.length).toBeGreaterThan(25);
});
