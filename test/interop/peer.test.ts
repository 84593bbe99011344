import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { line, ProcessChain } from "./chain.ts";
import { forService, PLAIN, withKey } from "./peer/behaviour.ts";
import { playOn } from "./play.ts";
import { scenario } from "./scenarios.ts";

const main = join(import.meta.dirname, "peer/main.ts");

/** Runs the peer to its end. */
async function peer(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [main, ...args])) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

describe("the words of a request", () => {
  it("are for the service they name", () => {
    const message = "hi ServiceB:derive=later ServiceBB:idle=true ServiceB:recv-timeout=1m30s ServiceC:biz-after=3";
    expect(forService(PLAIN, "ServiceB", message)).toEqual({ ...PLAIN, derive: "later", recvTimeoutMs: 90_000 });
    expect(forService(PLAIN, "ServiceC", message)).toEqual({ ...PLAIN, bizAfter: 3 });
    expect(forService(PLAIN, "ServiceD", message)).toEqual(PLAIN);
  });

  it("may be Go's ways of deriving", () => {
    const derived = (word: string) => withKey(PLAIN, "derive", word).derive;
    expect(["value", "cancel", "cause", "timeout"].map(derived)).toEqual(["none", "controller", "cause", "timeout"]);
  });

  it("that make no sense are only words", () => {
    expect(
      forService(PLAIN, "ServiceB", "ServiceB:derive=sideways ServiceB:sleep=soon ServiceB:x=1 ServiceB:"),
    ).toEqual(PLAIN);
  });
});

describe("the command line of the peer", () => {
  it("is kitexpeer's: unknown flags and words are usage errors, help is none", async () => {
    const [unknown, word, help] = await Promise.all([
      peer("call", "--nope"),
      peer("serve", "--derive", "sideways"),
      peer("call", "-h"),
    ]);
    expect([unknown.code, unknown.stderr]).toEqual([2, "peer: flag provided but not defined: -nope\n"]);
    expect([word.code, word.stderr]).toEqual([
      2,
      'peer: "sideways" is none of none, any, controller, timeout, later, value, cancel, cause\n',
    ]);
    expect([help.code, help.stdout.split("\n")[0]]).toEqual([0, "Usage of call:"]);
  });

  it("says what only kitexpeer can do, and goes on", async () => {
    const { code, stdout, stderr } = await peer(
      "call",
      "-to=127.0.0.1:1",
      "-transport",
      "grpc",
      "-otel=x",
      "-idle=false",
    );
    expect(code).toBe(0);
    expect(stderr).toContain('transport "grpc" is for kitexpeer');
    expect(stderr).toContain("--otel is for kitexpeer");
    expect(JSON.parse(stdout)).toMatchObject({
      event: "stream_error",
      op: "open",
      error: "remote or network error: dial tcp 127.0.0.1:1: connection refused",
    });
  });
});

describe("a chain of peers", () => {
  it("writes kitexpeer's events and fields, in the order of what happened", async () => {
    await using chain = await ProcessChain.start(line("OO"));
    const lines = await playOn(chain, scenario("a_cancel_plain"), "OOO");
    const events = (service: string) =>
      lines.filter((each) => each.service === service && each.chain !== undefined).map(({ event, op }) => [event, op]);
    expect(events("ServiceA")).toEqual([
      ["stream_open", undefined],
      ["cancel_called", "cancel"],
      ["ctx_done", "ctx"],
      ["stream_error", "recv"],
    ]);
    expect(events("ServiceB")).toEqual([
      ["ctx_done", "ctx"],
      ["stream_error", "recv"],
      ["handler_return", "return"],
    ]);
    expect(events("ServiceC")).toEqual([
      ["ctx_done", "ctx"],
      ["stream_error", "send"],
      ["handler_return", "return"],
    ]);
    const error = lines.find((each) => each.service === "ServiceA" && each.event === "stream_error");
    expect(Object.keys(error ?? {})).toEqual([
      ...["ts", "service", "event", "side", "method", "op", "to", "stream_id", "chain", "error", "code"],
      ...["is_canceled", "is_timeout", "count"],
    ]);
    expect(error?.ts).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
  });
});
