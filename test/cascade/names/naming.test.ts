import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Cascade, Claim, Evidence } from "../../../src/model/index.ts";
import { diagnose, evidenceOf } from "../../support/diagnose.ts";
import { at, callFact, claim, processFact, request } from "../../support/evidence.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const klog = join(import.meta.dirname, "../../fixtures/kitex/klog");

/** A -> B -> C: A cancels, each writes under the name it is given here. */
function chain(names: readonly [string, string, string], fields: Partial<Claim> = {}, start = 0): Evidence[] {
  const [a, b, c] = names;
  const line = (ms: number, each: Partial<Claim>): Evidence =>
    claim({ at: at(start + ms), message: "cancelled", serviceFrom: "pod", ...fields, ...each });
  return [
    line(0, { service: a, observation: "started", side: "client" }),
    line(1, { service: b, path: ["gateway"] }),
    line(1, { service: b, path: ["gateway"], observation: "relayed", side: "client" }),
    line(2, { service: c, path: ["gateway", "chat"] }),
  ];
}

function shape({ origin, reached }: Cascade): unknown {
  return {
    origin: origin.service,
    aliases: origin.aliases ?? [],
    reached: reached.map(({ service, aliases = [] }) => [service, ...aliases]),
  };
}

describe("names of pods and files", () => {
  it("are aliases of the names in paths that they hold", () => {
    const { cascades } = diagnose(chain(["prod-gateway-svc", "prod-chat-svc", "prod-model-svc"]));
    expect(cascades.map(shape)).toEqual([
      {
        origin: "gateway",
        aliases: ["prod-gateway-svc"],
        // That the third is made like the others is known from them
        reached: [
          ["chat", "prod-chat-svc"],
          ["model", "prod-model-svc"],
        ],
      },
    ]);
  });

  it("that hold no name of a path are matched in time", () => {
    const [one, two] = [chain(["w-1", "w-2", "w-3"]), chain(["w-1", "w-2", "w-3"], { code: 5 }, 60_000)];
    const { cascades } = diagnose([...one, ...two]);
    expect(cascades.map(shape)).toEqual([
      { origin: "gateway", aliases: ["w-1"], reached: [["chat", "w-2"], ["w-3"]] },
      { origin: "gateway", aliases: ["w-1"], reached: [["chat", "w-2"], ["w-3"]] },
    ]);
  });

  it("are not matched in time if a field or a resource gave them", () => {
    const { cascades } = diagnose(chain(["w-1", "w-2", "w-3"], { serviceFrom: "field" }));
    expect(cascades.flatMap(({ origin }) => origin.aliases ?? [])).toEqual([]);
  });

  it("that differ from another name by case only are that name", () => {
    const { cascades } = diagnose(chain(["GATEWAY", "Chat", "MODEL"], { serviceFrom: "file" }));
    expect(cascades.map(shape)).toEqual([
      { origin: "gateway", aliases: ["GATEWAY"], reached: [["chat", "Chat"], ["MODEL"]] },
    ]);
  });

  it("are believed before nothing but are shown behind a field's, and a shared one is nobody's alias", () => {
    const other = (name: string): Partial<Claim> => ({
      serviceFrom: "field",
      otherNames: [
        { name, from: "pod" },
        { name: "node-7", from: "host" },
      ],
    });
    const [start, ...below] = chain(["gateway", "chat", "model"], { serviceFrom: "field" }) as Claim[];
    const { cascades } = diagnose([
      { ...(start as Claim), ...other("pod-g") },
      ...below.map((each) => ({ ...each, ...other(`pod-${each.service}`) })),
    ]);
    expect(cascades.map(shape)).toEqual([
      {
        origin: "gateway",
        aliases: ["pod-g"],
        reached: [
          ["chat", "pod-chat"],
          ["model", "pod-model"],
        ],
      },
    ]);
  });

  it("leave a start in doubt that a log of an unknown service may have written", () => {
    // Two pods started at that moment; either may be the gateway of the path.
    const [start, , , leaf] = chain(["w-1", "w-2", "w-3"]) as Claim[];
    const rival = { ...(start as Claim), service: "w-2", at: at(0.1) };
    const path = claim({ ...(leaf as Claim), path: ["gateway"], service: "w-4" });
    const second = claim({ ...(leaf as Claim), path: ["chat"], service: "w-5", at: at(2.1) });
    const { cascades } = diagnose([start as Claim, rival, path, second]);
    for (const { origin } of cascades.filter(({ reached }) => reached.length > 0)) {
      expect(origin.confidence).not.toMatch(/proven|strong/);
    }
  });
});

describe("names of one span", () => {
  const span = (fields: Partial<Claim>): Claim =>
    claim({ traceId: TRACE, cancelId: "c1", knowledge: "fact", message: "cancelled", ...fields });

  it("are one service's: the runtime's name and the resource's", () => {
    const { cascades } = diagnose([
      span({
        service: "acme_gateway",
        serviceFrom: "resource",
        otherNames: [{ name: "gateway", from: "self" }],
        observation: "started",
        side: "client",
        spanId: "a",
        at: at(0),
      }),
      span({ service: "acme_chat", serviceFrom: "resource", path: ["gateway"], spanId: "b", at: at(1) }),
    ]);
    expect(cascades.map(shape)).toEqual([{ origin: "acme_gateway", aliases: ["gateway"], reached: [["acme_chat"]] }]);
  });

  it("are one service's: the caller's own and the one that it gave to its callee", () => {
    const call = { traceId: TRACE, spanId: "a", service: "acme_gateway", at: at(5) } as const;
    const served = { traceId: TRACE, spanId: "b", parentSpanId: "a", service: "acme_chat", at: at(5) } as const;
    const { cascades } = diagnose([
      request({ ...call, side: "client" }),
      request({ ...served, serves: true, caller: "gateway" }),
      span({ service: "acme_chat", path: ["gateway"], spanId: "b2", parentSpanId: "b", at: at(1) }),
      span({
        service: "acme_gateway",
        observation: "started",
        side: "client",
        spanId: "a2",
        parentSpanId: "a",
        at: at(0),
      }),
    ]);
    expect(cascades.map(shape)).toEqual([{ origin: "acme_gateway", aliases: ["gateway"], reached: [["acme_chat"]] }]);
  });

  it("are one service's if two lines about one cancel and one span differ", () => {
    const { cascades } = diagnose([
      span({ service: "chat", observation: "started", side: "client", spanId: "a", at: at(0) }),
      span({
        service: "chat-main",
        serviceFrom: "container",
        observation: "started",
        side: "client",
        spanId: "a",
        at: at(0),
      }),
    ]);
    expect(cascades.map(shape)).toEqual([{ origin: "chat", aliases: ["chat-main"], reached: [] }]);
  });
});

describe("an input that several services write to", () => {
  const all = (name: string, evidence: readonly Evidence[]): Evidence[] =>
    evidence.map((each, line) => ({
      ...each,
      service: name,
      serviceFrom: "file",
      place: { source: `${name}.log`, line },
    }));
  const weakAtMost = (evidence: readonly Evidence[]): void => {
    const { cascades } = diagnose(evidence);
    expect(cascades.length).toBeGreaterThan(0);
    for (const { origin } of cascades) {
      expect(origin.confidence).not.toMatch(/proven|strong/);
      expect(origin.service).not.toBe(evidence[0]?.service);
    }
    expect(cascades.flatMap(({ origin }) => origin.reasons.map(({ rule }) => rule))).toContain("owner-unknown");
  };

  it("is no service if it listens at two addresses", () => {
    const listens = (address: string): Evidence => processFact({ address, serves: true, at: at(-1_000) });
    weakAtMost(all("everything", [listens("[::]:1"), listens("[::]:2"), ...chain(["x", "x", "x"])]));
  });

  it("is no service if it received both a path and the longer one, and nobody else is the service between", () => {
    weakAtMost(all("everything", chain(["x", "x", "x"])));
  });

  it("is no service if its own name stands in its paths", () => {
    weakAtMost(all("chat", chain(["x", "x", "x"])));
  });

  it("is a service if it is called by two services of one chain, of which each writes for itself", () => {
    const model = all("model", [
      claim({ path: ["gateway"], message: "cancelled", at: at(1) }),
      claim({ path: ["gateway", "chat"], message: "cancelled", at: at(2) }),
    ]);
    const [start, received, relayed] = chain(["gateway", "chat", "model"], { serviceFrom: "field" });
    const { cascades } = diagnose([start, received, relayed, ...model].filter((each) => each !== undefined));
    expect(cascades.map(({ origin }) => [origin.service, origin.confidence])).toEqual([["gateway", "proven"]]);
  });

  it("is no service if all its lines have one name, and contradict that", () => {
    weakAtMost(all("platform", chain(["x", "x", "x"])).map((each) => ({ ...each, serviceFrom: "field" })));
  });

  it("is a service if it names itself, calls nobody, and was reached on two ways", () => {
    const { cascades } = diagnose([
      claim({ service: "model", path: ["gateway"], message: "cancelled", at: at(1) }),
      claim({ service: "model", path: ["gateway", "chat"], message: "cancelled", at: at(2) }),
    ]);
    for (const { reached } of cascades) expect(reached.map(({ service }) => service)).toContain("model");
  });

  it("is one service if only its address is told twice", () => {
    const listens = processFact({ address: "[::]:1", serves: true, at: at(-1_000) });
    const { cascades } = diagnose([
      ...all("gateway", [listens, listens, callFact({ at: at(-1) })]),
      ...chain(["gateway", "chat", "model"], { serviceFrom: "file" }),
    ]);
    expect(cascades.map(({ origin }) => origin.service)).toEqual(["gateway"]);
  });
});

describe("a name that stands on the lines of several pods", () => {
  const below = (name: string, evidence: readonly Evidence[]): Evidence[] =>
    evidence.map((each) => ({
      ...each,
      service: name,
      serviceFrom: "field",
      otherNames: [{ name: each.service ?? "", from: "pod" }],
    }));

  it("is the shipper's or the platform's if no text knows it, and the pods are the services", () => {
    const { cascades } = diagnose(below("log-forwarder", chain(["gateway", "chat", "model"])));
    expect(cascades.map(shape)).toEqual([
      {
        origin: "gateway",
        aliases: [],
        reached: [["chat"], ["model"]],
      },
    ]);
    expect(cascades[0]?.origin.confidence).toBe("proven");
  });

  it("is a service's with several deployments if a text knows it, or knows none of the pods", () => {
    const [start, received, relayed, leaf] = chain(["gateway", "blue", "model"]) as Claim[];
    const green = { ...(received as Claim), service: "green", at: at(1_000) };
    const own = below("chat", [received as Claim, relayed as Claim, green]);
    const { cascades } = diagnose([{ ...(start as Claim), peer: "blue" }, ...own, leaf as Claim]);
    const reached = cascades.flatMap((each) => each.reached.map(({ service }) => service));
    expect(reached).toContain("chat");
    expect(reached).not.toContain("green");
    const two = below("edge", [
      { ...(start as Claim), service: "blue" },
      { ...(start as Claim), service: "green", at: at(1_000) },
    ]);
    expect(new Set(diagnose(two).cascades.map(({ origin }) => origin.service))).toEqual(new Set(["edge"]));
  });
});

describe("recorded chains whose logs are named by a cluster", () => {
  const scenarios = readdirSync(klog);
  const inPods = (all: readonly Evidence[]): Evidence[] =>
    all.map((each) => ({ ...each, service: `prod-${each.service}-svc`, serviceFrom: "pod" }));
  const told = (cascades: readonly Cascade[]): unknown =>
    cascades.map(({ origin, reached, trigger }) => [
      origin.service,
      origin.kind,
      origin.confidence,
      reached.map(({ service }) => service).sort(),
      trigger?.service,
    ]);

  it.each(scenarios)("%s is diagnosed as with the services' own names", async (scenario) => {
    const files = readdirSync(join(klog, scenario)).map((file) => join(klog, scenario, file));
    const evidence = await evidenceOf(files);
    expect(told(diagnose(inPods(evidence)).cascades)).toEqual(told(diagnose(evidence).cascades));
  });

  it.each(scenarios)("%s without any names blames nobody with confidence", async (scenario) => {
    const files = readdirSync(join(klog, scenario)).map((file) => join(klog, scenario, file));
    const evidence = (await evidenceOf(files)).map((each) => ({ ...each, service: null, serviceFrom: null }));
    const sure = diagnose(evidence).cascades.filter(({ origin }) => /proven|strong/.test(origin.confidence));
    expect(sure.filter(({ origin }) => origin.service !== null).map(({ origin }) => origin.service)).toEqual([]);
  });
});

describe("the name of a file beside a name that the line has itself", () => {
  it("is no alias: the file may hold lines of others, too", () => {
    const inFile = chain(["gateway", "chat", "model"], {
      serviceFrom: "field",
      otherNames: [{ name: "1-cancel", from: "file" }],
    }).slice(0, 1);
    const { cascades } = diagnose([
      ...inFile,
      ...chain(["gateway", "chat", "model"], { serviceFrom: "field" }).slice(1),
    ]);
    expect(cascades.map(({ origin }) => [origin.service, origin.aliases])).toEqual([["gateway", undefined]]);
  });
});
