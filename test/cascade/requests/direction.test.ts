import { describe, expect, it } from "vitest";
import { at } from "../../support/evidence.ts";
import { aborted, failed, left, type More, RPC, sent, served, stories, timedOut } from "../../support/requests.ts";

/** What the client of a call says of its cancel, what its server says. */
const cancelled = (message = "", more: object = {}): More => ({
  ...RPC,
  ...aborted({ knowledge: "hearsay", message, ...more }),
});
const told = (message = ""): More => ({ ...RPC, ...left({ kind: "cancel", knowledge: "hearsay", message }) });
const deadline = (more: object = {}): More => ({ ...RPC, ...timedOut({ knowledge: "hearsay", message: "", ...more }) });
const toldDeadline = (more: object = {}): More => ({
  ...RPC,
  ...left({ kind: "deadline", knowledge: "hearsay", message: "", ...more }),
});

/** gateway calls agent, agent calls model: how each call ended at each of its ends. */
const chain = (
  ga: readonly [number, More],
  agent: readonly [number, More],
  am: readonly [number, More],
  model: readonly [number, More],
) => [
  served("gateway", "g", null, [0, ga[0] + 0.2], { endsWithCaller: false }),
  sent("gateway", "ga", "g", [1, ga[0]], ga[1]),
  served("agent", "a", "ga", [2, agent[0]], agent[1]),
  sent("agent", "am", "a", [3, am[0]], am[1]),
  served("model", "m", "am", [4, model[0]], model[1]),
];

describe("a status at both ends of a call", () => {
  it("orders nobody by the moment at which two services noticed", () => {
    const same = (gateway: number, agent: number) =>
      stories(chain([gateway, cancelled()], [agent, told()], [agent - 0.1, cancelled()], [agent + 0.5, told()]));
    const whoever = ["gateway cancel weak, by perhaps the HTTP client of gateway -> agent, model"];
    expect(same(884.9, 884.1)).toEqual(whoever);
    expect(same(884.1, 884.9)).toEqual(whoever);
    expect(same(890, 884)).toEqual(["agent cancel weak, by perhaps gateway -> model"]);
  });

  it("is the caller's own where the callee has another one", () => {
    const trace = chain([827, deadline()], [798, told()], [799, cancelled()], [830, { ...RPC, status: "ok" }]);
    expect(stories(trace)).toEqual(["gateway deadline strong -> agent, model"]);
    expect(
      stories(chain([827, deadline()], [828, { ...RPC, status: "ok" }], [826, RPC], [825, { ...RPC, status: "ok" }])),
    ).toEqual(["gateway deadline strong -> agent, model"]);
  });

  it("is the caller's own where the callee was reset", () => {
    const reset = toldDeadline({ knowledge: "reading", message: "stream reset" });
    expect(stories(chain([701, deadline()], [703, reset], [702.9, deadline()], [718, told()]))).toEqual([
      "gateway deadline strong -> agent, model",
    ]);
  });

  it("is the callee's answer where the words are an application's", () => {
    const text = "vector store: too late";
    const answered = { answered: true, message: text };
    const trace = chain(
      [430, deadline(answered)],
      [429, toldDeadline({ message: text })],
      [428.9, deadline(answered)],
      [430.3, toldDeadline({ message: text })],
    );
    expect(stories(trace)).toEqual(["model deadline weak -> "]);
    // The same words where the one above has no status in its own record
    const silent = chain(
      [430, cancelled(text, { answered: true })],
      [429, told()],
      [428.9, cancelled(text, { answered: true })],
      [430.3, told()],
    );
    expect(stories(silent)).toEqual(["model cancel weak -> "]);
  });

  it("is nobody's for sure where the words are an application's and the callee has another status", () => {
    const trace = chain(
      [827, deadline({ answered: true, message: "upstream is slow" })],
      [828, told()],
      [827.5, cancelled()],
      [829, told()],
    );
    expect(stories(trace)).toEqual([expect.stringMatching(/ weak/)]);
  });

  it("is the topmost service's where a deadline is over at two of them, and never for sure", () => {
    const both = (agent: number) =>
      stories(chain([806, deadline()], [agent, toldDeadline()], [agent - 0.1, deadline()], [agent, toldDeadline()]));
    expect(both(800)).toEqual(["gateway deadline weak -> agent, model"]);
    expect(both(807)).toEqual(["gateway deadline weak -> agent, model"]);
  });

  it("is the callee's deadline where a whole time was over for that, and none for its caller", () => {
    const both = (gateway: number) =>
      stories(chain([gateway, deadline()], [904, toldDeadline()], [903.2, deadline()], [904, told()]));
    expect(both(922)).toEqual(["agent deadline strong -> model"]);
    expect(both(951.5)).toEqual(["gateway deadline weak -> agent, model"]);
  });

  it("is the caller's own where it has the words of its library, and nobody below has them", () => {
    const words = "Cancelled on client";
    const both = (below: string) =>
      stories([
        served("gateway", "g", null, [0, 890]),
        ...chain(
          [884, cancelled(words, { knowledge: "reading" })],
          [885, told()],
          [884.9, cancelled(below)],
          [886, told()],
        ).slice(1),
      ]);
    expect(both("context canceled")).toEqual(["gateway cancel strong -> agent, model"]);
    expect(both(words)).not.toEqual(["gateway cancel strong -> agent, model"]);
  });

  it("is the caller's own where all that is below was over clearly later, on one clock", () => {
    const words = { knowledge: "reading" };
    const trace = (agent: number, am: number, address = "127.0.0.1:7000") =>
      stories(
        [
          served("gateway", "g", null, [0, 745.7]),
          ...chain(
            [743.9, cancelled("Cancelled on client", words)],
            [agent, told()],
            [am, cancelled("Cancelled on client", words)],
            [am + 1, told()],
          ).slice(1),
        ].map((each) => ({
          ...each,
          ...(each.address === null ? {} : { address }),
          // It began late, so that it did not last for longer than its call
          ...(each.service === "gateway" ? {} : { request: { ...each.request, startAt: at(36) } }),
        })),
      );
    expect(trace(772, 771.5)).toEqual(["gateway cancel strong -> agent, model"]);
    const perhaps = [expect.stringMatching(/^gateway cancel weak/)];
    expect(trace(750.5, 771.5)).toEqual(perhaps);
    expect(trace(772, 745)).toEqual(perhaps);
    expect(trace(772, 771.5, "10.0.0.7:7000")).toEqual(perhaps);
  });

  it("is the caller's own where all that is below lasted longer than the call, on whatever clocks", () => {
    const far = { address: "10.0.0.7:7000" };
    const trace = (agent: number, am: number, moved: number) =>
      stories([
        served("gateway", "g", null, [0, 609]),
        sent("gateway", "ga", "g", [1, 600], { ...cancelled(), ...far }),
        served("agent", "a", "ga", [2 + moved, agent + moved], told()),
        sent("agent", "am", "a", [3 + moved, am + moved], { ...cancelled(), ...far }),
        served("model", "m", "am", [4 + moved, am + moved], told()),
      ]);
    for (const moved of [0, 30, -30, 3_000])
      expect(trace(640, 639, moved)).toEqual(["gateway cancel strong -> agent, model"]);
    const leaf = (agent: number) =>
      stories([
        served("gateway", "g", null, [0, 609]),
        sent("gateway", "ga", "g", [1, 600], { ...cancelled(), ...far }),
        served("agent", "a", "ga", [502, 500 + agent], told()),
      ]);
    expect(leaf(660)).toEqual(["gateway cancel strong -> agent"]);
    expect(leaf(630)).toEqual([expect.stringMatching(/^gateway cancel weak/)]);
    // The record of its answer ended late
    expect(trace(640, 602, 0)).toEqual([expect.stringMatching(/ weak/)]);
  });

  it("is the callee's answer where that says so itself, for sure unless a deadline may have come with the call", () => {
    const web = (more: More) => ({ ...more, ...RPC });
    const trace = (ended: (more?: object) => More, kind: "deadline" | "cancel") => [
      sent("web", "wa", "none", [0, 711.9], web(ended())),
      served("agent", "a", "wa", [2.5, 718.4], {
        ...RPC,
        ...left({ observation: "started", about: "self", knowledge: "hearsay", kind, message: "" }),
      }),
      sent("agent", "am", "a", [3.9, 709.4], ended()),
      served("model", "m", "am", [9.3, 706.2], { ...RPC, status: "ok" }),
    ];
    expect(stories(trace(deadline, "deadline"))).toEqual(["agent deadline weak, by perhaps web -> model"]);
    expect(stories(trace(() => cancelled(), "cancel"))).toEqual([expect.stringMatching(/^agent cancel .*-> model$/)]);
  });

  it("may be a caller's deadline where the span of the request is missing", () => {
    const ok: More = { ...RPC, status: "ok" };
    const trace = chain([801, ok], [801, toldDeadline()], [800.9, ok], [800.5, toldDeadline()]);
    expect(stories(trace.filter(({ spanId }) => spanId !== "a"))).toEqual([
      expect.stringMatching(/^agent deadline weak, by perhaps gateway/),
    ]);
  });

  it("is the caller's own where another of its calls had failed right before", () => {
    const trace = (failedAt: number) => [
      served("gateway", "g", null, [0, 520], { ...RPC, ...failed({ about: "self" }) }),
      sent("gateway", "gb", "g", [1, failedAt], { ...RPC, ...failed() }),
      served("second", "b", "gb", [2, failedAt - 1], { ...RPC, ...failed({ about: "self" }) }),
      sent("gateway", "ga", "g", [1, 510], cancelled()),
      served("first", "a", "ga", [2, 511], told()),
    ];
    expect(stories(trace(509))).toEqual([expect.stringMatching(/^gateway cancel (?:weak|strong)/)]);
    const behind = (failedAt: number) => [
      served("edge", "e", null, [0, 530]),
      sent("edge", "eg", "e", [0.1, 525], { ...RPC, ...failed() }),
      ...trace(failedAt).map((each) => (each.spanId === "g" ? { ...each, parentSpanId: "eg" } : each)),
    ];
    expect(stories(behind(509))).toEqual(["gateway cancel strong -> first"]);
    expect(stories(behind(300))).toEqual(["gateway cancel weak -> first"]);
  });
});

describe("a status that a handler answered with by itself", () => {
  const trace = (agent: More) => [
    sent("web", "wa", "none", [0, 711.9], { ...RPC, ...timedOut({ knowledge: "hearsay", message: "Stream removed" }) }),
    served("agent", "a", "wa", [2.5, 718.4], { ...RPC, ...agent }),
    sent("agent", "am", "a", [3.9, 709.4], {
      ...RPC,
      ...timedOut({ knowledge: "hearsay", message: "Stream removed" }),
    }),
    served("model", "m", "am", [9.3, 706.2], { ...RPC }),
  ];

  it("came up from there: whoever called it had waited for it", () => {
    const answered = timedOut({ knowledge: "reading", message: "Stream removed" });
    expect(stories(trace(answered))).toEqual([expect.stringMatching(/^agent deadline/)]);
  });

  it("may be the caller's where the server only has it", () => {
    const told = left({ kind: "deadline", knowledge: "hearsay", message: "Stream removed" });
    expect(stories(trace(told))).toEqual([expect.stringMatching(/^web deadline weak/)]);
  });
});
