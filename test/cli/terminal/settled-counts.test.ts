import { describe, expect, it } from "vitest";
import { SettledCounts } from "../../../src/cli/terminal/settled-counts.ts";
import type { Cascade } from "../../../src/model/index.ts";

function begunBy(service: string | null, count = 1): Cascade {
  return { origin: { service, kind: "cancel" }, count } as Cascade;
}

describe("counts of settled cascades", () => {
  it("are by origin and kind, each cascade once however often it is told", () => {
    const counts = new SettledCounts();
    counts.take(begunBy("gateway", 3), 1);
    counts.take(begunBy("gateway"), 1);
    counts.take(begunBy("gateway", 3), 2);
    counts.take(begunBy(null), 1);
    const [cascades, lines] = counts.metrics();
    expect(cascades?.samples).toEqual([
      { labels: { origin: "gateway", kind: "cancel" }, value: 4 },
      { labels: { origin: "", kind: "cancel" }, value: 1 },
    ]);
    expect(lines?.samples).toEqual([{ value: 4 }]);
  });

  it("stay few, whatever services are called", () => {
    const counts = new SettledCounts();
    for (let index = 0; index < 1_000; index += 1) counts.take(begunBy(`service-${index}`), 1);
    const samples = counts.metrics()[0]?.samples ?? [];
    expect(samples).toHaveLength(201);
    expect(samples.at(-1)).toEqual({ labels: { origin: "other", kind: "cancel" }, value: 800 });
  });
});
