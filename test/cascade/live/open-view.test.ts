import { describe, expect, it } from "vitest";
import { CallGraph } from "../../../src/cascade/hops/call-graph.ts";
import type { Line } from "../../../src/cascade/hops/hop.ts";
import { Identities } from "../../../src/cascade/live/ids.ts";
import { OpenView } from "../../../src/cascade/live/open-view.ts";
import { NameFacts } from "../../../src/cascade/names/name-facts.ts";
import { nameServices } from "../../../src/cascade/names/naming.ts";
import { at, claim } from "../../support/evidence.ts";
import { linesOf } from "../../support/scene.ts";

const trace = (number: number): string => number.toString(16).padStart(32, "a");

/** gateway cancels, chat hears of it; counts how often somebody looks at its lines. */
function chain(number: number, looks: { count: number }): Line[] {
  const fields = { traceId: trace(number), message: "cancelled" };
  const evidence = [
    claim({ ...fields, at: at(number), service: "gateway", observation: "started", side: "client", peer: "chat" }),
    claim({ ...fields, at: at(number + 1), service: "chat", path: ["gateway"], serves: true }),
  ];
  for (const each of evidence) {
    const { observation } = each;
    const get = (): typeof observation => {
      looks.count += 1;
      return observation;
    };
    Object.defineProperty(each, "observation", { get, enumerable: true });
  }
  return linesOf(evidence);
}

function viewOf(lines: readonly Line[]): { view: OpenView; names: NameFacts } {
  const names = new NameFacts();
  for (const { evidence } of lines) names.learn(evidence);
  const view = new OpenView({ settled: new CallGraph(), names, identities: new Identities() }, lines);
  view.update(lines);
  return { view, names };
}

describe("the view of open evidence", () => {
  it("forgets lines that are judged for good, and what it had made of them", () => {
    const looks = { count: 0 };
    const [gone, stays] = [chain(1, looks), chain(2, looks)];
    const { view, names } = viewOf([...gone, ...stays]);
    const naming = nameServices(gone, names);
    expect(view.traced.size).toBe(2);
    expect(view.known(trace(1), gone, naming)?.all).toEqual(gone);
    view.remove(new Set(gone));
    expect(view.traced.cascades().map(({ traceId }) => traceId)).toEqual([trace(2)]);
    expect(view.known(trace(1), gone, naming)).toBe(null);
  });

  it("knows a trace only with all its lines, and under the same names", () => {
    const lines = chain(1, { count: 0 });
    const { view, names } = viewOf(lines);
    const naming = nameServices(lines, names);
    expect(view.known(trace(1), lines.slice(1), naming)).toBe(null);
    expect(view.known(trace(1), lines, { ...naming, key: "others" })).toBe(null);
  });

  it("looks again at what has changed only", () => {
    const looks = { count: 0 };
    const lines = Array.from({ length: 500 }, (_, number) => chain(number, looks)).flat();
    const { view } = viewOf(lines);
    const all = looks.count;
    looks.count = 0;
    const more = chain(499, looks).slice(1);
    for (const line of more) view.add(line);
    view.update([...lines, ...more]);
    expect(looks.count).toBeGreaterThan(0);
    expect(looks.count).toBeLessThan(all / 100);
  });
});
