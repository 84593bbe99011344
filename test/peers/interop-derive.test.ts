/**
 * Processes in a row, Kitex and ours in turn, each of ours deriving the signal of its own call in every way JavaScript has: the path in every
 * text begins at the true origin. (Kitex's own relays derive nothing: a derived context of theirs loses the path.)
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ProcessChain } from "../interop/chain.ts";
import { playOn, servicesFor } from "../interop/play.ts";
import { recordedTexts, type Scenario, scenario, textsOf } from "../interop/scenarios.ts";
import { structured } from "../interop/structured.ts";
import { kitexPeer } from "../support/kitex.ts";

const DERIVES = ["none", "any", "controller", "cause", "timeout", "later"];

/** Words that make the relays of ours derive. */
function wordsFor(makes: string, derive: string): string {
  const relays = ["B", "C"].filter((letter) => makes["ABCD".indexOf(letter)] === "O");
  return relays.map((letter) => `Service${letter}:derive=${derive}`).join(" ");
}

const CANCELS: readonly (readonly [string, Scenario])[] = [
  ["a cancel", scenario("a_cancel_plain")],
  ["a cancel of a bidirectional stream", scenario("a_cancel_plain_bidi")],
  ["a stream timeout", scenario("d_stream_timeout")],
  ["a receive timeout", scenario("e_recv_timeout")],
];

describe.skipIf(kitexPeer() === null)("derived signals", () => {
  describe.each(["KOKO", "OKOK", "OOOO"])("in %s", (makes) => {
    let chain: ProcessChain;
    beforeAll(async () => {
      chain = await ProcessChain.start(servicesFor({ shape: "line" }, makes));
    });
    afterAll(async () => {
      await chain[Symbol.asyncDispose]();
    });

    describe.each(DERIVES)("derived by %s", (derive) => {
      it.each(CANCELS)("pass %s on as it came", async (_, cancel) => {
        const lines = await playOn(chain, cancel, makes, wordsFor(makes, derive));
        const texts = textsOf(structured(lines));
        const recorded = recordedTexts(cancel.name);
        expect([...texts.keys()].sort()).toEqual(["ServiceA", "ServiceB", "ServiceC", "ServiceD"]);
        for (const [service, expected] of recorded) {
          const got = texts.get(service) ?? new Set<string>();
          // Before a later abort one more response may come, and the relay ends at passing it on, without a word about the stream below.
          const optional = derive === "later" && service !== "ServiceA" ? /\[client-side stream\]/ : /^$/;
          const missing = [...expected].filter((text) => !got.has(text) && !optional.test(text));
          expect({ service, missing, wrong: [...got].filter((text) => !expected.has(text)) }).toEqual({
            service,
            missing: [],
            wrong: [],
          });
        }
      });
    });
  });
});
