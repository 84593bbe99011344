import { describe, expect, it } from "vitest";
import { Silence } from "../../../src/runtime/connection/silence.ts";

const quiet = { heard: false, empty: false, answers: true };

describe("a silent connection", () => {
  it("has its peer asked twice, and is given up where that says nothing", () => {
    const silence = new Silence(Number.POSITIVE_INFINITY);
    expect([silence.after(quiet), silence.after(quiet), silence.after(quiet)]).toEqual(["ping", "ping", "gone"]);
  });

  it("lives on at the first byte", () => {
    const silence = new Silence(Number.POSITIVE_INFINITY);
    const seen = [false, false, true, false, false, true].map((heard) => silence.after({ ...quiet, heard }));
    expect(seen).toEqual(["ping", "ping", null, "ping", "ping", null]);
  });

  it("is left alone with a peer that cannot be asked, for as long as it has streams", () => {
    const silence = new Silence(2);
    for (let i = 0; i < 100; i += 1) expect(silence.after({ ...quiet, answers: false })).toBeNull();
  });

  it("is idle once it had no stream for long enough, whatever bytes came", () => {
    const silence = new Silence(3);
    const seen = [true, true, false, true, true, true].map((empty) => silence.after({ ...quiet, heard: true, empty }));
    expect(seen).toEqual([null, null, null, null, null, "idle"]);
  });
});
