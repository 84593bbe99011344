/** What a service says before it ends the streams it answers, as whoever called it writes it down. */
import { describe, expect, it } from "vitest";
import { inShort, onlyCascade } from "../../support/told.ts";

const START = Date.UTC(2026, 10, 27, 6, 57, 0);
const json = (ms: number, fields: object): string =>
  JSON.stringify({ timestamp: new Date(START + ms).toISOString(), ...fields });
const goaway = (why: string): string =>
  `rpc error: code = Unavailable desc = closing transport due to: connection error: desc = "error reading from server: EOF", received prior goaway: code: NO_ERROR, debug data: "${why}"`;
const caller = (why: string): string[] => [
  json(0, { msg: "turn started", upstream: "ranker" }),
  json(2_000, { msg: "turn failed", err: goaway(why) }),
];
const ranker = [
  json(-500, { msg: "grpc server listening", addr: "127.0.0.1:21182" }),
  json(1_900, { msg: "send failed", err: "rpc error: code = Unavailable desc = transport is closing" }),
];

describe("a server that says why it ends a connection", () => {
  it("ended the streams on it, if it was stopping", () => {
    expect(inShort(onlyCascade({ search: caller("graceful_stop"), ranker }))).toBe("ranker shutdown strong -> search");
  });

  it("ended them by its own limit of age", () => {
    expect(inShort(onlyCascade({ search: caller("max_age"), ranker }))).toBe("ranker deadline strong -> search");
  });

  it("is the one that the lowest of its callers called: those above repeat the words", () => {
    const desk = [
      json(-1, { msg: "turn started", upstream: "search" }),
      json(1_999, { msg: "turn failed", err: goaway("graceful_stop") }),
    ];
    const cascade = onlyCascade({ desk, search: caller("graceful_stop"), ranker });
    expect(inShort(cascade)).toBe("ranker shutdown strong -> desk, search");
  });

  it("is a guess where the one that was called shows nothing of it, and may have handed it on", () => {
    const [listening = ""] = ranker;
    const cascade = onlyCascade({ search: caller("graceful_stop"), ranker: [listening] });
    expect(inShort(cascade)).toBe("ranker shutdown weak -> search");
  });

  it("is not known where nothing tells whom the writer called", () => {
    const [, failed = ""] = caller("graceful_stop");
    const { origin } = onlyCascade({ search: [failed] });
    expect([origin.service, origin.kind, origin.confidence]).toEqual([null, "shutdown", "weak"]);
  });
});
