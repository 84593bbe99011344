/** Ids that each service gives by itself: they tell its own requests apart, and say nothing about those of others. */
import { describe, expect, it } from "vitest";
import { diagnoseLogs, inShort, onlyCascade } from "../../support/told.ts";

const START = Date.UTC(2026, 10, 27, 6, 57, 0);
const json = (ms: number, fields: object): string =>
  JSON.stringify({ time: new Date(START + ms).toISOString(), level: "info", ...fields });
const told = (logs: Readonly<Record<string, readonly string[]>>): string[] =>
  diagnoseLogs(logs).cascades.map(inShort).sort();

const agent = (req: string): string[] => [
  json(20, { msg: "relaying to model", req }),
  json(800, { msg: "model stream broke", req, error: "context canceled" }),
];
const model = [
  json(22, { msg: "generation started" }),
  json(801, { msg: "generation stopped", error: "context canceled" }),
];

describe("a stop beside ends with other ids", () => {
  const gateway = [
    json(10, { msg: "relaying to agent", req: "748e54" }),
    json(799, { msg: "stop requested by user, cancelling", req: "748e54" }),
  ];

  it("ended them where every service gives ids by itself", () => {
    expect(told({ gateway, agent: agent("904297"), model })).toEqual(["gateway cancel strong -> agent, model"]);
  });

  it("did not where ids are handed on", () => {
    const begun = json(5, { msg: "relaying to agent", req: "904297" });
    const { cascades } = diagnoseLogs({ gateway: [begun, ...gateway], agent: agent("904297"), model });
    expect(cascades.every(({ origin }) => origin.intent === undefined)).toBe(true);
  });

  it("is told a moment after those below were cut off", () => {
    const left = [json(5, { msg: "job mo-1 queued" }), json(798, { msg: "job mo-1: peer closed the connection" })];
    const web = [
      json(2, { msg: "conversation ga-1 started" }),
      json(800, { msg: "conversation ga-1: stopped by user" }),
    ];
    expect(inShort(onlyCascade({ web, model: left }))).toBe("web cancel strong -> model");
  });

  it("did not end the call of another service whose own timer ran out", () => {
    const web = [
      json(2, { msg: "conversation ga-1 started" }),
      json(600, { msg: "conversation ga-1: stopped by user" }),
    ];
    const batch = [
      json(1, { msg: "conversation ba-1 started" }),
      json(1_100, { msg: "conversation ba-1: model failed", err: "The operation was aborted due to timeout" }),
    ];
    const cut = [
      json(5, { msg: "job mo-1 queued" }),
      json(9, { msg: "job mo-2 queued" }),
      json(599, { msg: "job mo-2 released: peer closed the connection" }),
      json(1_103, { msg: "job mo-1 released: peer closed the connection" }),
    ];
    expect(told({ web, batch, model: cut })).toEqual(["batch deadline strong -> model", "web cancel strong -> model"]);
  });

  it("did not end what somebody else's caller left a while later", () => {
    const web = [
      json(2, { msg: "conversation ga-1 started" }),
      json(600, { msg: "conversation ga-1: stopped by user" }),
    ];
    const portal = [
      json(1, { msg: "conversation po-1 started" }),
      json(1_300, { msg: "conversation po-1: browser disconnected after 40 chunks, aborting model" }),
    ];
    const cut = [
      json(5, { msg: "job mo-1 queued" }),
      json(9, { msg: "job mo-2 queued" }),
      json(599, { msg: "job mo-2 released: peer closed the connection" }),
      json(1_302, { msg: "job mo-1 released: peer closed the connection" }),
    ];
    expect(told({ web, portal, model: cut })).toEqual([
      "portal disconnect strong -> model",
      "web cancel strong -> model",
    ]);
  });

  it("keep the ends of two services apart that have nothing to do with each other, unless they are of one moment", () => {
    const left = (ms: number, conversation: string): string[] => [
      json(1, { msg: "started", conversation }),
      json(ms, { msg: "browser disconnected", conversation }),
    ];
    expect(told({ web: left(600, "ga-1"), portal: left(900, "po-1") })).toHaveLength(2);
    expect(told({ web: left(600, "ga-1"), portal: left(601, "po-1") })).toHaveLength(1);
  });
});
