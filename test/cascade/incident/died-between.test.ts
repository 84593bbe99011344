/** A service in the middle that is killed writes nothing; those around it do. */
import { describe, expect, it } from "vitest";
import { inShort, onlyCascade } from "../../support/told.ts";

const START = Date.UTC(2026, 10, 27, 6, 57, 0);
const json = (service: string, ms: number, fields: object): string =>
  JSON.stringify({ time: START + ms, level: 40, name: service, ...fields });
const serving = (service: string): string => json(service, -2_000, { msg: "serving" });
const stopping = (service: string): string => json(service, 9_000, { msg: "shutting down" });
const lost = (service: string, ms: number, peer?: string): string =>
  json(service, ms, { error: "rpc error: code = Unavailable desc = error reading from server: EOF", peer });
const cut = (ms: number): string => json("model", ms, { msg: "generation stopped", error: "context canceled" });

const model = [serving("model"), cut(502), stopping("model")];
const web = [serving("web"), lost("web", 500, "agent"), stopping("web")];

describe("a service that stands between one that lost its callee and one that was cancelled", () => {
  it("died where it wrote nothing from then on", () => {
    expect(inShort(onlyCascade({ web, agent: [serving("agent")], model }))).toBe("agent disconnect weak -> model, web");
  });

  it("died as well where the one below says that its client left", () => {
    const left = [serving("model"), json("model", 519, { msg: "request aborted by the client" }), stopping("model")];
    const cascade = onlyCascade({ web: [lost("web", 500)], agent: [serving("agent")], model: left });
    expect(inShort(cascade)).toBe("agent disconnect weak -> model, web");
    expect(cascade.origin.reasons[0]?.rule).toBe("gone-between");
  });

  it("did not where it writes later", () => {
    const { origin } = onlyCascade({ web: [lost("web", 500)], agent: [serving("agent"), stopping("agent")], model });
    expect(origin.service).not.toBe("agent");
  });

  it("is not known where two may be meant, or another one is known to have called", () => {
    const agents = { agent: [serving("agent")], helper: [serving("helper")] };
    expect(onlyCascade({ web: [lost("web", 500)], ...agents, model }).origin.service).not.toMatch(/agent|helper/);
    const id = { request_id: "caa8aa6a9bf5" };
    const edge = [-100, 700].map((ms) => json("edge", ms, { msg: "asking", peer: "model", ...id }));
    const asked = [
      serving("model"),
      json("model", 502, { msg: "generation stopped", error: "context canceled", ...id }),
    ];
    const { origin } = onlyCascade({ web: [lost("web", 500)], agent: [serving("agent")], edge, model: asked });
    expect(origin.service).not.toBe("agent");
  });
});

describe("a leaf that says that its caller left", () => {
  const left = [serving("model"), json("model", 500, { msg: "request aborted by the client" })];

  it("is less sure of it where a service that served before has been silent since", () => {
    expect(inShort(onlyCascade({ agent: [serving("agent")], model: left }))).toBe("model disconnect weak -> ");
    expect(inShort(onlyCascade({ agent: [serving("agent"), stopping("agent")], model: left }))).toBe(
      "model disconnect strong -> ",
    );
  });
});
