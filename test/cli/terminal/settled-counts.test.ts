import { describe, expect, it } from "vitest";
import { SettledCounts } from "../../../src/cli/terminal/settled-counts.ts";
import type { Cascade } from "../../../src/model/index.ts";

function begunBy(service: string | null): Cascade {
  return { origin: { service, kind: "cancel" } } as Cascade;
}

describe("counts of settled cascades", () => {
  it("are by origin and kind, each cascade once however often it is told", () => {
    const counts = new SettledCounts();
    counts.take({ cascade: begunBy("gateway"), added: 3 });
    counts.take({ cascade: begunBy("gateway"), added: 1 });
    counts.take({ cascade: begunBy("gateway"), added: 0 });
    counts.take({ cascade: begunBy(null), added: 1 });
    const [cascades, lines] = counts.metrics();
    expect(cascades?.samples).toEqual([
      { labels: { origin: "gateway", kind: "cancel" }, value: 4 },
      { labels: { origin: "", kind: "cancel" }, value: 1 },
    ]);
    expect(lines?.samples).toEqual([{ value: 4 }]);
  });

  it("stay few, whatever services are called", () => {
    const counts = new SettledCounts();
    for (let index = 0; index < 1_000; index += 1) counts.take({ cascade: begunBy(`service-${index}`), added: 1 });
    const samples = counts.metrics()[0]?.samples ?? [];
    expect(samples).toHaveLength(201);
    expect(samples.at(-1)).toEqual({ labels: { origin: "other", kind: "cancel" }, value: 800 });
  });
});
