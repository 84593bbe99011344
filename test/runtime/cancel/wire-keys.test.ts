import { describe, expect, it } from "vitest";
import { answerStrings, cancelEvent, rstStrings } from "../../../src/runtime/cancel/wire-keys.ts";
import { type CallInfo, StreamException, type StreamExceptionFields } from "../../../src/runtime/index.ts";

function exception(fields: Partial<StreamExceptionFields> = {}): StreamException {
  return new StreamException({ code: 12007, side: "client", text: "stop", origin: "A", ...fields });
}

describe("the keys of an Rst", () => {
  it("are the path, id, instant, and what its code alone would not say", () => {
    const full = exception({ cancelId: "id", cancelledAt: 17n, kind: "shutdown", intent: "user-stop" });
    expect(Object.fromEntries(rstStrings(full, ["A", "B"]))).toEqual({
      ttscp: "A,B",
      sscid: "id",
      ssat: "17",
      sskind: "shutdown",
      ssintent: "user-stop",
    });
  });

  it("are none where nothing is known", () => {
    expect(rstStrings(exception(), []).size).toBe(0);
  });

  it("have an intent of 200 characters at most", () => {
    expect(rstStrings(exception({ intent: "i".repeat(300) }), []).get("ssintent")).toBe("i".repeat(200));
  });
});

describe("the keys of an answer that repeats an error", () => {
  it("are who started it, its id and its instant", () => {
    const known = exception({ cancelId: "id", cancelledAt: 17n });
    expect(Object.fromEntries(answerStrings(known))).toEqual({ ssorigin: "A", sscid: "id", ssat: "17" });
    expect(answerStrings(exception({ origin: null })).size).toBe(0);
  });

  it("leave a name out that is longer than 1 KiB", () => {
    expect(answerStrings(exception({ origin: "é".repeat(512) })).get("ssorigin")).toBe("é".repeat(512));
    expect(answerStrings(exception({ origin: `${"é".repeat(512)}x` })).has("ssorigin")).toBe(false);
  });
});

describe("the event of a cancel", () => {
  it("repeats what the exception says beside what is known of the moment", () => {
    const call = { method: "M" } as CallInfo;
    const context = { side: "client", direction: "sent", role: "origin", path: ["B"], upstream: null, at: 9n } as const;
    const known = exception({ cancelId: "id", cancelledAt: 3n, intent: "i", external: "somebody" });
    expect(cancelEvent(call, known, context)).toEqual({
      call,
      ...context,
      exception: known,
      cancelId: "id",
      code: 12007,
      kind: "cancel",
      origin: "A",
      reason: "stop",
      intent: "i",
      callSite: null,
      external: "somebody",
      originAt: 3n,
    });
    expect(cancelEvent(call, exception(), context)).toMatchObject({ cancelId: "", originAt: 9n });
  });
});
