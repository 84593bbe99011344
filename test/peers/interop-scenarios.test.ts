/**
 * Every recorded scenario played by mixed chains: the error texts at every hop are those that Kitex alone made, but where this runtime keeps
 * what Kitex loses; and from the logs alone the diagnosis says what really happened. K is a Kitex peer, O one of ours, ServiceA to ServiceD.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ProcessChain } from "../interop/chain.ts";
import { judge } from "../interop/judge.ts";
import { servicesFor } from "../interop/play.ts";
import { RecordingFolder, recordOn } from "../interop/recording.ts";
import { recordedTexts, SCENARIOS, type Scenario, textsOf } from "../interop/scenarios.ts";
import { structured } from "../interop/structured.ts";
import { kitexPeer } from "../support/kitex.ts";

const noKitex = kitexPeer() === null;

type Texts = Map<string, Set<string>>;

/** What a chain should log: the recording, but for what ours does better. */
function expectedTexts({ name }: Scenario, makes: string): Texts {
  const ours = (service: string) => makes["ABCD".indexOf(service)] === "O";
  // A derived signal is no false origin at a service of ours.
  if (/^b_derive_(cancel|timeout)/.test(name) && ours("B")) return recordedTexts("a_cancel_plain");
  const texts = recordedTexts(name);
  // A reason of one's own travels.
  if (name === "i_cancel_cause" && ours("A"))
    return replaced(texts, /code=12007\](.*\]) user code.*/, "code=12008]$1 user closed the tab");
  // A server of ours sends nothing after an Rst, so this caller waits for its own timeout.
  if (name === "m_proxy_rst_server" && ours("B")) {
    texts.set(
      "ServiceA",
      new Set(["[ttstream error, code=12015] [client-side stream] stream timeout, timeout in ctx: …"]),
    );
  }
  return texts;
}

function replaced(texts: Texts, pattern: RegExp, by: string): Texts {
  return new Map(
    [...texts].map(([service, all]) => [service, new Set([...all].map((text) => text.replace(pattern, by)))]),
  );
}

const sorted = (texts: Texts) =>
  Object.fromEntries([...texts].sort().map(([service, all]) => [service, [...all].sort()]));

describe.skipIf(noKitex)("a scenario", () => {
  describe.each(["KOKO", "OKOK", "OOOO"])(
    "played by %s has the recorded texts at every hop and is diagnosed as it happened:",
    (makes) => {
      const chains = new Map<string, ProcessChain>();
      const folder = mkdtempSync(join(tmpdir(), "streamscope-interop-"));
      const recordings = new RecordingFolder(folder);
      beforeAll(async () => {
        for (const shape of ["line", "fan"] as const) {
          chains.set(shape, await ProcessChain.start(servicesFor({ shape }, makes)));
        }
      });
      afterAll(async () => {
        for (const chain of chains.values()) await chain[Symbol.asyncDispose]();
        rmSync(folder, { recursive: true });
      });

      it.each(SCENARIOS.map((each) => [each.name, each] as const))("%s", async (_, scenario) => {
        const chain = chains.get(scenario.shape) as ProcessChain;
        const recording = await recordOn(chain, { scenario, derive: null }, makes);
        expect(sorted(textsOf(structured(recording.lines)))).toEqual(sorted(expectedTexts(scenario, makes)));
        const { raw, json, klog } = recordings.add(recording);
        // The Kitex peer's own lines also say what Go's context.Cause is, which no service would log.
        const logs = makes.includes("K") ? [[json], klog] : [[raw], [json], klog];
        for (const files of logs) expect(await judge(files, recording.truth)).toEqual([]);
      });
    },
  );
});
