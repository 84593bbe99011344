/** A user, a proxy, a gateway, an agent and a model, as real programs wrote of the end of one chat. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createCascadeStore } from "../../../src/cascade/index.ts";
import type { Cascade } from "../../../src/model/index.ts";
import { evidenceOf } from "../../support/diagnose.ts";
import { diagnoseLogs, inShort, readLog } from "../../support/told.ts";

const folder = join(import.meta.dirname, "../../fixtures/assistant");

type Logs = Readonly<Record<string, readonly string[]>>;

function recorded(proxy: string, ending: string): Logs {
  const files = readdirSync(join(folder, proxy, ending));
  return Object.fromEntries(
    files.map((file) => [
      file.replace(".log", ""),
      readFileSync(join(folder, proxy, ending, file), "utf8")
        .trim()
        .split("\n"),
    ]),
  );
}

function without(logs: Logs, service: string): Logs {
  return Object.fromEntries(Object.entries(logs).filter(([name]) => !name.startsWith(service)));
}

function told(logs: Logs): readonly string[] {
  return diagnoseLogs(logs).cascades.map(inShort);
}

const SURE: readonly (readonly [proxy: string, ending: string, verdict: string])[] = [
  ["nginx", "the-user-leaves", "nginx disconnect strong -> agent, gateway, model"],
  ["nginx", "stop-is-pressed", "gateway cancel strong -> agent, model"],
  ["nginx", "the-gateway-s-deadline-passes", "gateway deadline strong -> agent, model"],
  ["nginx", "the-agent-s-deadline-passes", "agent deadline strong -> gateway, model"],
  ["nginx", "the-model-is-killed", "model disconnect weak -> agent, gateway"],
  ["nginx", "the-proxy-s-timeout-passes", "nginx deadline strong -> agent, gateway, model"],
  ["haproxy", "the-user-leaves", "haproxy disconnect strong -> agent, gateway, model"],
  ["haproxy", "the-proxy-s-timeout-passes", "haproxy deadline strong -> agent, gateway, model"],
];

describe("the logs of a chain of real programs", () => {
  for (const [proxy, ending, verdict] of SURE)
    it(`tell who ended it: ${ending}, behind ${proxy}`, () => expect(told(recorded(proxy, ending))).toEqual([verdict]));

  it("have no cascade where the chat ends well", () => expect(told(recorded("nginx", "it-ends-normally"))).toEqual([]));

  for (const [proxy, ending, verdict] of SURE) {
    const [origin = ""] = verdict.split(" ");
    for (const missing of [proxy, "gateway", "agent", "model"]) {
      it(`blame nobody else with confidence without those of ${missing}: ${ending}, behind ${proxy}`, () => {
        const { cascades } = diagnoseLogs(without(recorded(proxy, ending), missing));
        expect(cascades).toHaveLength(1);
        const [cascade] = cascades as [Cascade];
        const { service, confidence, external } = cascade.origin;
        const known = service === origin || service === null || external === `the caller of ${service}`;
        expect(known || confidence === "weak").toBe(true);
      });
    }
  }
});

describe("what was asked for through a proxy", () => {
  it("was done by the service behind it, which is not known without its log", () => {
    const { cascades } = diagnoseLogs(without(recorded("nginx", "stop-is-pressed"), "gateway"));
    expect(cascades.map(inShort)).toEqual(["null cancel weak -> agent, model"]);
    expect(cascades[0]?.origin.external).toBe("whoever sent POST /v1/chat/c-1/stop");
  });

  it("is the same where nothing but the proxy's access log was kept", () => {
    const logs = without(without(recorded("nginx", "stop-is-pressed"), "gateway"), "nginx-error");
    expect(told(logs)).toEqual(["null cancel weak -> agent, model"]);
  });
});

describe("a deadline that is only seen as an answer", () => {
  it("is that of a service without a log between those who were answered and those who were cancelled", () => {
    const { cascades } = diagnoseLogs(without(recorded("nginx", "the-agent-s-deadline-passes"), "agent"));
    expect(cascades.map(inShort)).toEqual(["null deadline weak -> gateway, model"]);
    expect(cascades[0]?.origin.external).toBe("the service that gateway called");
  });
});

describe("a callee that is gone", () => {
  it("is not the proxy in front, which is told to stop in the same second", () => {
    for (const missing of ["gateway", "agent", "model"]) {
      const logs = without(recorded("nginx", "the-model-is-killed"), missing);
      expect(told(logs).filter((verdict) => verdict.startsWith("nginx"))).toEqual([]);
    }
  });

  it("came up to those above through whom they called", () => {
    const [cascade] = diagnoseLogs(recorded("nginx", "the-model-is-killed")).cascades;
    expect(cascade?.reached.map(({ service, via }) => `${service} below ${via}`).sort()).toEqual([
      "agent below model",
      "gateway below agent",
    ]);
  });
});

describe("logs and spans of one chain", () => {
  it("tell of one cascade where the callee died", async () => {
    const store = createCascadeStore();
    for (const evidence of await evidenceOf([join(folder, "spans/the-model-is-killed.jsonl")])) store.add(evidence);
    for (const [file, events] of Object.entries(recorded("spans", "the-model-is-killed")))
      for (const evidence of readLog(file, events)) store.add(evidence);
    store.finish();
    expect(store.diagnose().cascades.map(inShort)).toEqual(["model disconnect weak -> agent, gateway"]);
  });
});
