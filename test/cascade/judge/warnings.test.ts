import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { WARNING_RULES } from "../../../src/cascade/index.ts";
import { findingsOf, warningsOf } from "../../../src/cascade/judge/warnings.ts";
import type { Cascade, Evidence, Warning } from "../../../src/model/index.ts";
import { diagnose, evidenceOf } from "../../support/diagnose.ts";
import { at, ghost } from "../../support/evidence.ts";
import { cascadesOf, inTrace, known, received, relayed, started } from "../../support/scene.ts";

const warn = (cascades: readonly Cascade[]): Warning[] => warningsOf(findingsOf(cascades));

/** The warnings about evidence; ids of cascades are checked and taken out. */
function warnings(...evidence: readonly Evidence[]): Pick<Warning, "rule" | "service" | "text">[] {
  const { cascades, warnings: found } = diagnose(evidence);
  return found.map(({ rule, service, text, cascade, cascades: ids }) => {
    if (cascade !== undefined) expect(cascades.map(({ id }) => id)).toContain(cascade);
    expect(cascades.map(({ id }) => id)).toEqual(expect.arrayContaining([...ids]));
    return { rule, ...(service === undefined ? {} : { service }), text };
  });
}

const chain = (ms: number) => [
  started(ms, "gateway", "chat"),
  received(ms + 1, "chat", ["gateway"]),
  relayed(ms + 2, "chat", ["gateway"], "model"),
  received(ms + 3, "model", ["gateway", "chat"]),
];

describe("warnings", () => {
  it("say nothing of a chain that ended as it should", async () => {
    expect(warnings(...chain(0))).toEqual([]);
    const file = join(import.meta.dirname, "../../fixtures/kitex/json/a_normal.jsonl");
    expect(diagnose(await evidenceOf([file])).warnings).toEqual([]);
  });

  it("have a rule each, in the order of their weight", () => {
    expect(WARNING_RULES).toEqual([
      "false-origin",
      "origin-unverified",
      "silent-hop",
      "slow-hop",
      "ghost-work",
      "ignores-signal",
      "retried",
      "deadline-shrinks",
      "unnamed-client",
      "clock-skew",
      "broken-connection",
      "storm",
    ]);
  });

  it("name a service that only looked like the origin", () => {
    const scene = (ms: number) => [
      started(ms, "gateway", "chat"),
      received(ms + 1, "chat", ["gateway"]),
      started(ms + 2, "chat", "model"),
      received(ms + 3, "model", ["chat"]),
    ];
    expect(warnings(...scene(0))).toEqual([
      {
        rule: "false-origin",
        service: "chat",
        text: "chat looked like the origin of a cascade and was not: it cancels its own streams with a context that forgot who cancelled it",
      },
    ]);
  });

  it("name an origin that nothing verifies", () => {
    expect(warnings(known("gateway", "chat"), started(0, "chat", "model"), received(1, "model", ["chat"]))).toEqual([
      {
        rule: "origin-unverified",
        service: "chat",
        text: "chat may only have passed a cascade on: the logs of its callers are missing or silent",
      },
    ]);
    expect(warnings(started(0, "gateway", null), received(1, "chat", null)).map(({ rule }) => rule)).toEqual([
      "origin-unverified",
    ]);
    expect(warnings(received(1, "chat", null))).toEqual([]);
  });

  it("name services that left no line", () => {
    expect(warnings(started(0, "gateway", "chat"), received(1, "model", ["gateway", "chat"]))).toEqual([
      {
        rule: "silent-hop",
        service: "chat",
        text: "chat was reached by a cascade and left no line: its logs are missing, or it did not notice",
      },
    ]);
  });

  it("name the service that heard late, and not those that it told at once", () => {
    const late = (ms: number) => [
      started(0, "gateway", "chat"),
      received(ms, "chat", ["gateway"]),
      relayed(ms, "chat", ["gateway"], "model"),
      received(ms + 1, "model", ["gateway", "chat"]),
    ];
    expect(warnings(...late(4_200))).toEqual([
      {
        rule: "slow-hop",
        service: "chat",
        text: "chat heard of a cascade up to 4.2 s after its caller: it was not reading the stream",
      },
    ]);
    expect(warnings(...late(800))).toEqual([]);
    const nobodyKnown = [received(0, "chat", null), received(3_000, "model", ["chat"])];
    expect(warnings(...nobodyKnown).find(({ rule }) => rule === "slow-hop")).toMatchObject({ service: "model" });
  });

  it("name a service that went on, with the longest time and all its messages", () => {
    const ghosts = [
      ghost({ at: at(3_000), service: "model", cancelId: "c", spanId: "g1", durationMs: 2_000, messages: 5 }),
      ghost({ at: at(5_000), service: "model", cancelId: "c", spanId: "g2", durationMs: 4_000, messages: 7 }),
    ];
    const told = chain(0).map((each) => ({ ...each, cancelId: "c" }));
    expect(warnings(...inTrace<Evidence>([...told, ...ghosts]))).toEqual([
      {
        rule: "ghost-work",
        service: "model",
        text: "model was still at work up to 4.0 s after a cascade had reached it or should have, with 12 wasted messages",
      },
    ]);
  });

  it("name a service that sent a second after it had been cancelled", () => {
    const sends = (ms: number) => received(1 + ms, "chat", ["gateway"], { operation: "send" });
    expect(warnings(...chain(0), sends(3_000))).toEqual([
      {
        rule: "ghost-work",
        service: "chat",
        text: "chat was still at work up to 3.0 s after a cascade had reached it or should have",
      },
    ]);
    expect(warnings(...chain(0), sends(800))).toEqual([]);
    expect(warnings(...chain(0), received(3_000, "chat", ["gateway"], { operation: "receive" }))).toEqual([]);
  });

  it("name a service that shows the cancel first", () => {
    const early = (ms: number) => [started(0, "gateway", "chat"), received(-ms, "chat", ["gateway"])];
    expect(warnings(...early(10))).toEqual([
      { rule: "clock-skew", service: "chat", text: expect.stringContaining("10.0 ms") },
    ]);
    expect(warnings(...early(1))).toEqual([]);
  });

  it("name a service that broke a connection of several streams", () => {
    const lost = { kind: "disconnect", code: 12013 } as const;
    const broke = started(0, "chat", "model", { ...lost, observation: "lost", breaksConnection: true });
    expect(warnings(broke, received(1, "model", null, lost))).toEqual([
      {
        rule: "broken-connection",
        service: "chat",
        text: "chat broke a connection that other streams shared: a cascade ended streams that were not cancelled",
      },
    ]);
  });

  it("name a service that opened another stream after it had heard, and not one that did so before", () => {
    const again = (ms: number) => relayed(ms, "chat", ["gateway"], "model", { operation: "open" });
    const rules = (...more: Evidence[]): string[] => warnings(...chain(0), ...more).map(({ rule }) => rule);
    expect(rules(again(40))).toContain("retried");
    expect(rules(again(2))).not.toContain("retried");
  });

  it("name a service in the middle whose own time ran out, and no edge", () => {
    const timer = started(5, "chat", "model", { kind: "deadline", code: 12015, observation: "started" });
    const rules = (...more: Evidence[]): string[] => warnings(...more).map(({ rule }) => rule);
    expect(
      rules(timer, known("gateway", "chat"), received(6, "model", ["chat"], { kind: "deadline", code: 12015 })),
    ).not.toContain("deadline-shrinks");
    expect(
      rules({ ...timer, serves: true }, received(6, "model", ["chat"], { kind: "deadline", code: 12015 })),
    ).toContain("deadline-shrinks");
  });

  it("name a handler that works on each time, and not one that did so once", () => {
    const sends = (ms: number) => received(ms, "chat", ["gateway"], { operation: "send" });
    const rounds = (n: number) =>
      Array.from({ length: n }, (_, index) =>
        inTrace([...chain(index * 60_000), sends(index * 60_000 + 3_000)], `${index}`.repeat(32)),
      ).flat();
    const rules = (n: number): string[] => warnings(...rounds(n)).map(({ rule }) => rule);
    expect(rules(2)).not.toContain("ignores-signal");
    expect(rules(3)).toContain("ignores-signal");
  });

  it("name a caller without a name", () => {
    const anonymous = received(1, "chat", null, { caller: { name: "" } });
    expect(warnings(anonymous).map(({ rule }) => rule)).toContain("unnamed-client");
    expect(warnings(...chain(0)).map(({ rule }) => rule)).not.toContain("unnamed-client");
  });

  it("name a storm: more than 20 cancels of one starter in ten seconds, or a crowd of services", () => {
    const base = cascadesOf(...chain(0))[0] as Cascade;
    const second = (at: number): Partial<Cascade> => ({ firstAt: (base.firstAt ?? 0n) + BigInt(Math.round(at * 1e9)) });
    const cancels = (n: number, every: number): Cascade[] =>
      Array.from({ length: n }, (_, index) => ({ ...base, id: `c${index}`, ...second(index * every) }));
    const storm = (cascades: readonly Cascade[]): string[] =>
      warn(cascades)
        .filter(({ rule }) => rule === "storm")
        .map(({ text }) => text);
    expect(storm(cancels(21, 0.1))).toEqual(["gateway started 21 cascades within 10 s"]);
    expect(storm(cancels(20, 0.1))).toEqual([]);
    expect(storm(cancels(40, 1))).toEqual([]);
    expect(storm([{ ...base, count: 30 }])).toHaveLength(1);
    const crowd = Array.from({ length: 51 }, (_, index) => ({
      ...(base.reached[0] as Cascade["reached"][0]),
      service: `s${index}`,
    }));
    expect(storm([{ ...base, reached: crowd }])).toEqual(["gateway started a cascade that reached 51 services"]);
  });

  it("are one for each rule and service, with the number of cascades; the most frequent first", () => {
    const silent = (ms: number, service: string) => [
      started(ms, "gateway", service),
      received(ms + 1, "model", ["gateway", service]),
    ];
    const found = warnings(...silent(0, "chat"), ...silent(20_000, "agent"), ...silent(40_000, "agent"));
    expect(found.map(({ text }) => text.replace(/ and left.*/, ""))).toEqual([
      "agent was reached by 2 cascades",
      "chat was reached by a cascade",
    ]);
  });

  it("name the cascade where there is one, and none where there are several", () => {
    const cascades = cascadesOf(
      ...inTrace([started(0, "gateway", "chat")]),
      ...inTrace([started(9_000, "gateway", "chat")], "f".repeat(32)),
    );
    expect(cascades).toHaveLength(2);
    const [first] = cascades;
    expect(warn(cascades.slice(0, 1)).map(({ cascade }) => cascade)).toEqual([first?.id]);
    expect(warn(cascades).map(({ cascade }) => cascade)).toEqual([undefined]);
  });

  it("of equal weight stand in the order of their services' names", () => {
    const scene = [started(0, "gateway", "tool"), started(1, "gateway", "chat", { operation: "send" })];
    expect(warnings(...scene).map(({ service }) => service)).toEqual(["chat", "tool"]);
  });
});
