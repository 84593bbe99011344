import { describe, expect, it } from "vitest";
import { left, lost, RPC, sent, served, step, stories } from "../../support/requests.ts";

/** A server that tells its application when its caller is gone; its responses end with their handlers. */
const ASGI = { endsWithCaller: false };

const told = (service: string, parent: string, ms: number) =>
  step(service, `${parent}r`, parent, [37, ms], left({ knowledge: "reading", message: "disconnect" }));

/** Three services: when each was told, and when its response ended. */
const trace = (
  gateway: readonly [number, number],
  agent: readonly [number, number],
  model: readonly [number, number],
) => [
  served("gateway", "g", null, [0, gateway[1]], ASGI),
  told("gateway", "g", gateway[0]),
  sent("gateway", "ga", "g", [240, 257]),
  served("agent", "a", "ga", [244, agent[1]], ASGI),
  told("agent", "a", agent[0]),
  sent("agent", "am", "a", [286, 306]),
  served("model", "m", "am", [290, model[1]], ASGI),
  told("model", "m", model[0]),
];

describe("a server that tells its application that the caller left", () => {
  it("is believed in the middle of a response", () => {
    expect(stories(trace([789, 791], [791, 794], [793, 794]))).toEqual([
      "gateway disconnect strong, by the HTTP client of gateway -> agent, model",
    ]);
  });

  it("says so of each complete response too, whatever the clocks below", () => {
    expect(stories(trace([793.3, 793], [791.2, 791], [789.2, 789]))).toEqual([]);
    expect(stories(trace([793.3, 793], [791.2, 791], [829.2, 829]))).toEqual([]);
    expect(stories(trace([793.3, 793], [761.2, 761], [789.2, 789]))).toEqual([]);
  });

  it("was told by whoever above had a complete response itself", () => {
    expect(stories(trace([793.3, 793], [794, 796], [796, 798]))).toEqual(["gateway cancel strong -> agent, model"]);
    // Between two hosts there may be a proxy
    const far = trace([793.3, 793], [794, 796], [796, 798]).map((each) =>
      each.address === null ? each : { ...each, address: "10.0.0.7:7000" },
    );
    expect(stories(far)).toEqual(["gateway cancel weak -> agent, model"]);
  });

  it("was waited for in vain by whoever ended its own calls", () => {
    const [response, , ...below] = trace([0, 793], [794, 796], [796, 798]);
    const story = (end: number, more: object = { waitedInVain: true }) =>
      stories([response, step("gateway", "gr", "g", [37, end], more), ...below].flatMap((each) => each ?? []));
    expect(story(792.9)).toEqual(["gateway cancel strong -> agent, model"]);
    const perhaps = ["gateway cancel weak, by perhaps the HTTP client of gateway -> agent, model"];
    // It had stopped waiting before the response was over
    expect(story(700)).toEqual(perhaps);
    expect(story(792.9, {})).toEqual(perhaps);
  });

  it("is why its calls ended, whatever those say of their end", () => {
    const rpc = { ...RPC, status: "unset" } as const;
    const cut = { ...RPC, ...left({ kind: "cancel", knowledge: "hearsay", message: "" }) };
    const chain = (toldAt: number) => [
      served("gateway", "g", null, [0, toldAt + 3], ASGI),
      told("gateway", "g", toldAt),
      sent("gateway", "ga", "g", [5, 804], rpc),
      served("agent", "a", "ga", [8, 803], { ...RPC, status: "ok" }),
      sent("agent", "am", "a", [10, 802.5], rpc),
      served("model", "m", "am", [12, 803.5], cut),
    ];
    expect(stories(chain(801))).toEqual(["gateway disconnect strong, by the HTTP client of gateway -> agent, model"]);
    // The one below had let go of its call long before
    expect(stories(chain(1_500)).length).toBeGreaterThan(1);
  });

  it("may be closing its connections itself, as its caller says", () => {
    const closing = [
      served("gateway", "g", null, [0, 802]),
      sent("gateway", "ga", "g", [5, 801], lost()),
      served("agent", "a", "ga", [8, 801.5], ASGI),
      told("agent", "a", 800.5),
      sent("agent", "am", "a", [10, 60]),
      served("model", "m", "am", [12, 803.5], ASGI),
    ];
    expect(stories(closing)).toEqual(["agent reset strong -> model"]);
  });

  it("is doubted where the last step of the response may have come right before, unless work for it went on", () => {
    const late = (modelEnd: number) => [
      served("gateway", "g", null, [0, 793.5], ASGI),
      step("gateway", "last", "g", [792.5, 792.6]),
      told("gateway", "g", 793),
      sent("gateway", "gm", "g", [240, 257]),
      served("model", "m", "gm", [244, modelEnd], ASGI),
    ];
    expect(stories(late(791))).toEqual([]);
    expect(stories(late(797))).toEqual(["gateway disconnect strong, by the HTTP client of gateway -> model"]);
    expect(stories(late(791).filter(({ spanId }) => spanId !== "last"))).toEqual([
      expect.stringMatching(/^gateway disconnect strong/),
    ]);
  });
});

describe("a server that says, not surely, that its caller left", () => {
  const gone = {
    answer: null,
    endsWithCaller: false,
    ...left({ knowledge: "reading", message: "no answer was sent" }),
  };
  const trace = (agent: object, gateway: object = gone) => [
    served("gateway", "g", null, [0, 1_954], { endsWithCaller: false, ...gateway }),
    sent("gateway", "ga", "g", [144, 1_218]),
    served("agent", "a", "ga", [383, 1_939], { endsWithCaller: false, ...agent }),
  ];

  it("is believed, weakly, where the one that it had called says the same", () => {
    expect(stories(trace(gone))).toEqual(["gateway disconnect weak, by the HTTP client of gateway -> agent"]);
  });

  it("is not where that one ended well", () => {
    expect(stories(trace({}))).toEqual([]);
    expect(stories(trace(gone, {}))).toEqual([]);
  });
});
