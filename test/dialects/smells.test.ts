import { describe, expect, it } from "vitest";
import { CATALOGUE, SIGNS } from "../../src/dialects/catalogue/index.ts";
import { readRecord } from "../../src/dialects/index.ts";
import { SMELLS } from "../../src/dialects/smells.ts";
import type { SourceRecord } from "../../src/model/index.ts";

function recordOf(text: string): SourceRecord {
  const place = { source: "x.log", line: 1 };
  const who = { service: "x", serviceFrom: "file" } as const;
  return { at: 1n, ...who, texts: [text], fields: new Map(), traceId: null, spanId: null, place };
}

/** True where a line is evidence, or is at least counted as one that nobody understood. */
function isNoticed(text: string): boolean {
  const { evidence, unexplained } = readRecord(recordOf(text));
  return evidence.length > 0 || unexplained;
}

const CASES: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toLowerCase(),
  (text) => text.toUpperCase(),
  (text) => text.replace(/[a-z]+/gi, (word) => `${word[0]?.toUpperCase()}${word.slice(1).toLowerCase()}`),
];

/** What ends processes is looked at beside evidence only; what only looks like a cancel is known. */
const ENDS = CATALOGUE.filter(({ says }) => says !== "nothing" && says !== "stopping" && says !== "crashed");

describe("nothing that looks like a cancel is passed over in silence", () => {
  it.each(ENDS.map(({ id, samples }) => [id, samples] as const))("%s, in any case of letters", (_id, samples) => {
    for (const sample of samples) {
      const missed = CASES.map((inCase) => inCase(sample)).filter((text) => !isNoticed(text));
      expect(missed).toEqual([]);
    }
  });

  it.each([
    ...SMELLS,
    "DEADLINE_EXCEEDED",
    "AbortError",
    "timed out",
    "TimeoutError",
    "prematurely closed",
    "stream removed",
    "hung up",
    "broken pipe",
    "reset by peer",
    "status 499",
    '"status":499',
    "answered 504",
    "client closed",
    "disconnected",
  ])("the words %s in a line of nobody's", (words) => {
    for (const inCase of CASES) expect(isNoticed(inCase(`qq zz ${words} qq zz`))).toBe(true);
  });

  it("a line that is known to end nothing is not counted", () => {
    for (const text of [
      "order 4711 cancelled by customer",
      "closing idle connections",
      '10.0.0.9 - - [23/Nov/2026:06:57:02 +0000] "POST /orders/7/cancel HTTP/1.1" 200 12 "-" "curl"',
      'haproxy[1]: 10.0.1.2:33317 [23/Nov/2026:06:57:02.655] in <NOSRV>/<NOSRV> -1/-1/-1/-1/0 400 0 - - CR-- 1/1/0/0/0 0/0 "<BADREQ>"',
    ]) {
      const { evidence, unexplained } = readRecord(recordOf(text));
      expect([text, evidence.filter(({ type }) => type === "claim"), unexplained]).toEqual([text, [], false]);
    }
  });

  it("every sign of access logs that ends a request is evidence", () => {
    const ended = SIGNS.filter(({ product, says }) => product === "Envoy" && says !== "refusal");
    for (const { sign } of ended)
      expect(readRecord(recordOf(`"POST /chat HTTP/2" 200 ${sign}`)).evidence).toMatchObject([{ type: "claim" }]);
  });
});
