import { describe, expect, it } from "vitest";
import { readScope } from "../../src/cli/options/scope.ts";
import { ClaimCounts } from "../../src/pipeline/claim-counts.ts";
import { Reading, shareOf } from "../../src/pipeline/index.ts";
import { type ReadingSource, sourcesOf } from "../../src/pipeline/reading-sources.ts";
import { recordings } from "../cli/program.ts";
import { evidence } from "../story.ts";
import { claim } from "../support/evidence.ts";

const scope = readScope({ inputs: ["logs", "-"], nowMs: 0 });
const none = { leftOut: [], inputs: [] };
const tally = (source: string, size: number | null, taken = 0, records = 0) => ({ source, size, taken, records });

function sources(files: Partial<typeof none> | object, claims = new ClaimCounts()): readonly ReadingSource[] {
  return sourcesOf(scope, { files: { ...none, ...files }, receiver: null, stores: [], claims });
}

describe("the inputs of a reading", () => {
  it("are what was named until it is known which files that means, then the files, first those that are not read", () => {
    expect(sources({}).map(({ name }) => name)).toEqual(["logs", "standard input"]);
    const found = sources({
      inputs: [tally("logs/a.log", 100, 40, 3), tally("stdin", null), tally("logs/b.bin", 9)],
      leftOut: [{ source: "logs/b.bin", reason: "looks like a binary file and is left out" }],
    });
    expect(found).toMatchObject([
      { name: "logs/b.bin", problem: "looks like a binary file and is left out", records: null },
      { name: "logs/a.log", problem: null, records: 3, bytes: { all: 100, read: 40 } },
      { name: "standard input", problem: null, records: 0, bytes: null },
    ]);
  });

  it("say how often they claim a cancel, and when they did so last", () => {
    const claims = new ClaimCounts();
    const [early, late] = [evidence({ service: "a", line: 1 }), evidence({ service: "a", line: 9 })];
    for (const each of [late, early]) claims.take("files", { ...each, place: { source: "a.log", line: 1 } });
    const inputs = [tally("a.log", 1), tally("b.log", 1)];
    expect(sources({ inputs }, claims)).toMatchObject([
      { claims: 2, lastAt: late.at },
      { claims: 0, lastAt: null },
    ]);
  });

  it("leave the count open where spans do not say in which of them they stood", () => {
    const claims = new ClaimCounts();
    claims.take("files", claim({ service: "a", place: { traceId: "a", spanId: "b" } }));
    expect(sources({ inputs: [tally("a.json", 1), tally("b.json", 1)] }, claims)).toMatchObject([
      { claims: null },
      { claims: null },
    ]);
    expect(sources({ inputs: [tally("a.json", 1)] }, claims)).toMatchObject([{ claims: 1 }]);
  });

  it("are counted while a folder is read", async () => {
    const reading = new Reading(readScope({ inputs: [recordings], nowMs: 0 }));
    await reading.run();
    const [first] = reading.sources;
    expect(first).toMatchObject({ problem: null, records: 20 });
    expect(first?.claims).toBeGreaterThan(0);
    expect(first?.lastAt).not.toBeNull();
    expect(shareOf(reading.sources)).toBe(1);
  });
});

describe("how much is read", () => {
  it("is the share of all bytes that lie there", () => {
    expect(shareOf(sources({ inputs: [tally("a", 300, 150), tally("b", 100, 50)] }))).toBe(0.5);
  });

  it("is not known where there is a pipe, or nothing yet", () => {
    expect(shareOf(sources({ inputs: [tally("a", 300, 150), tally("stdin", null)] }))).toBeNull();
    expect(shareOf(sources({}))).toBeNull();
  });

  it("never is more than all, also where a file shrank", () => {
    expect(shareOf(sources({ inputs: [tally("a", 300, 400)] }))).toBe(1);
  });
});
