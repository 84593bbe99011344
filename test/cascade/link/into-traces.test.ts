import { describe, expect, it } from "vitest";
import type { Evidence } from "../../../src/model/index.ts";
import { cascadesOf, inTrace, received, relayed, started } from "../../support/scene.ts";

const [one, two] = ["0af7651916cd43dd8448eb211c80319c", "1bf7651916cd43dd8448eb211c80319c"];

/** For each cascade its trace and how many lines it rests on. */
function told(...evidence: readonly Evidence[]): (readonly [string | undefined, number])[] {
  return cascadesOf(...evidence).map(({ traceId, evidenceCount }) => [traceId, evidenceCount]);
}

const chain = (ms: number) => [started(ms, "gateway", "chat"), received(ms + 1, "chat", ["gateway"])];

describe("a line without a trace", () => {
  const echo = (ms: number) => received(ms, "chat", ["gateway"], { operation: "handler", echo: true });

  it("belongs to the trace that has a line about the same thing within a second", () => {
    expect(told(...inTrace(chain(0), one), echo(800))).toEqual([[one, 3]]);
    expect(told(...inTrace(chain(0), one), echo(3_000))).toEqual([
      [one, 2],
      [undefined, 1],
    ]);
  });

  it("belongs to the nearest of several traces, each of which takes one line of a kind", () => {
    const both = [...inTrace(chain(0), one), ...inTrace(chain(100), two)];
    expect(told(...both, echo(95))).toEqual([
      [one, 2],
      [two, 3],
    ]);
    expect(told(...both, echo(101), echo(102))).toEqual([
      [one, 3],
      [two, 3],
    ]);
  });

  it("belongs to the trace in which its caller stands, if no trace tells of its service", () => {
    const model = received(500, "model", ["gateway", "chat"]);
    const passedOn = relayed(2, "chat", ["gateway"], "model");
    expect(told(...inTrace([...chain(0), passedOn], one), model)).toEqual([[one, 4]]);
    expect(told(...inTrace([...chain(0), passedOn], one), { ...model, echo: true })).toEqual([
      [one, 3],
      [undefined, 1],
    ]);
  });

  it("about another thing, or another way of ending, stays outside", () => {
    expect(told(...inTrace(chain(0), one), received(1, "chat", ["edge"]))).toEqual([
      [one, 2],
      [undefined, 1],
    ]);
    const lost = started(1, "gateway", "chat", { observation: "lost", kind: "disconnect" });
    const returned = received(1, "chat", null, { observation: "returned", kind: "handler-return" });
    expect(told(...inTrace(chain(0), one), lost, returned)).toEqual([[one, 2]]);
  });
});
