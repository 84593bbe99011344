import { describe, expect, it } from "vitest";
import { readLog } from "../../support/told.ts";

/** What an error with these frames says: whose doing, as its writer sees it. */
function saysOf(message: string, frames: readonly string[], fields: object = {}): string {
  const stack = [`ConnectError: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join("\n");
  const [found] = readLog("web", [JSON.stringify({ level: 50, name: "web", err: { message, stack, ...fields } })]);
  if (found?.type === "claim") return `${found.observation} ${found.about} ${found.knowledge} ${found.kind}`;
  return `${found?.type}`;
}

const TIMED_OUT = "[deadline_exceeded] the operation timed out";
const ABORTED = "[canceled] This operation was aborted";

describe("the frames of an error", () => {
  it("tell a timer of one's own from one that an answer tells of", () => {
    expect(saysOf(TIMED_OUT, ["Timeout.listener (signals.js:60:26)"])).toBe("started self fact deadline");
    expect(saysOf(TIMED_OUT, ["errorFromJson (error-json.js:54:19)", "endStreamFromJson (end-stream.js:64:11)"])).toBe(
      "answer",
    );
    expect(saysOf(TIMED_OUT, [], { isWireError: true })).toBe("answer");
  });

  it("leave open whose timer it was where they show neither", () => {
    expect(saysOf(TIMED_OUT, ["run (call.js:1:1)"])).toBe("started self reading deadline");
  });

  it("tell an abort by a server's library from one by the program", () => {
    expect(saysOf(ABORTED, ["AbortController.abort (node:internal)", "ServerResponse.onH1Close (x.js:69:29)"])).toBe(
      "received caller reading cancel",
    );
    expect(saysOf(ABORTED, ["AbortController.abort (node:internal)", "stop (app.js:1:1)"])).toBe(
      "started self reading cancel",
    );
  });
});

describe("the head of a stack", () => {
  it("says the type of an error that stands nowhere else, once", () => {
    const stack = "TypeError: terminated\n    at Fetch.terminate (node:internal/deps/undici/undici:1:1)";
    const [bare] = readLog("web", [
      JSON.stringify({ level: 50, name: "web", msg: "failed", error: "terminated", stack }),
    ]);
    expect(bare?.text).toBe("failed error=terminated TypeError: terminated");
    const [whole] = readLog("web", [JSON.stringify({ level: 50, name: "web", error: "TypeError: terminated", stack })]);
    expect(whole?.text).toBe("error=TypeError: terminated");
  });

  it("is not made of what is no error", () => {
    const [line] = readLog("web", [JSON.stringify({ name: "web", msg: "done", stack: "main.go:1\n    at x" })]);
    expect(line?.text).toBe("done");
  });
});
