import { describe, expect, it } from "vitest";
import { CATALOGUE } from "../../src/dialects/catalogue/index.ts";
import { explain } from "../../src/explain/explain.ts";
import { runProgram } from "../cli/program.ts";

const M7 =
  "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively";

function partsOf(text: string): string[] {
  return explain(text).parts.map((part) => part.text);
}

function said(text: string): string {
  const { parts, summary } = explain(text);
  return [...parts.flatMap((part) => [part.text, part.meaning, ...(part.next ?? [])]), summary].join("\n");
}

describe("explain", () => {
  it("names each part of a relay's line in the order it is written", () => {
    const text = `2026/11/23 06:57:00.784159 server_handler.go:268: [Error] KITEX: processing ttstream request error, remoteAddr=127.0.0.1:60678, error=biz error: [ttstream error, code=12007] [client-side stream] [canceled path: gateway -> chat] ${M7}`;
    expect(partsOf(text)).toEqual([
      "KITEX: processing ttstream request error",
      "remoteAddr=127.0.0.1:60678,",
      "biz error:",
      "code=12007",
      "[client-side stream]",
      "[canceled path: gateway -> chat]",
      M7,
    ]);
    expect(explain(text).summary).toMatch(/passed a cancel on/);
  });

  it.each([
    [
      `[ttstream error, code=12007] [client-side stream] ${M7}`,
      /ended the stream itself, unless its context was derived/,
    ],
    [
      `[ttstream error, code=12007] [server-side stream] [canceled path: gateway] ${M7}`,
      /cancelled from above; gateway started it/,
    ],
    [`[ttstream error, code=12007] [server-side stream] ${M7}`, /has not set its name/],
    [
      "[ttstream error, code=12015] [client-side stream] stream timeout, timeout in ctx: 299.972198ms",
      /299\.972198ms were left/,
    ],
    [
      "[ttstream error, code=12014] [client-side stream] stream Recv timeout, timeout config={Timeout:200ms DisableCancelRemote:true}",
      /cancelled no stream/,
    ],
    ["[ttstream error, code=12013] canceled by connection closed", /lost the connection to its caller/],
    ["[ttstream error, code=12004] EOF peer close", /process of the service below died/],
    [
      "[ttstream error, code=12011] [server-side stream] [canceled path: non-ttstream path -> chat] rpc error: code = 1 desc = transport: RSTStream Frame received with error code: CANCEL [triggered by gateway]",
      /over another protocol[\s\S]*direct caller, gateway/,
    ],
    ["[ttstream error, code=1111] [server-side stream] [canceled path: Egress] proxy timeout", /No code of Kitex/],
    ["rpc error: code = 1 desc = context canceled", /only looks like the origin/],
    ["rpc error: code = 4 desc = context deadline exceeded [biz error] [biz error]", /handlers of 2 services/],
    [
      "rpc error: code = 1 desc = transport: RSTStream Frame received with error code: CANCEL [triggered by ]",
      /does not send it/,
    ],
    [
      "rpc error: code = 13 desc = Unexpected error from context packet: [ttstream error, code=12007] [server-side stream] [canceled path: a] x",
      /came in over ttstream[\s\S]*\[canceled path: a\]/,
    ],
    [
      'connection error: desc = "error reading from server, remoteAddress=127.0.0.1:25002, error=EOF peer close"',
      /connection to the service below broke/,
    ],
    ["biz error: code=404, msg=nope", /no stream was cancelled/],
    [
      "KITEX: grpc server loopyWriter.run returning, error=rpc error: code = 1 desc = transport: connection EOF [triggered by remote service]",
      /no cancel by itself/,
    ],
    ["context canceled", /names no service/],
    ["hello world", /No part of this text is known/],
    ["", /No part of this text is known/],
  ])("says what %j means", (text, meaning) => {
    expect(said(text)).toMatch(meaning);
  });

  it("goes into the errors below and counts them", () => {
    const text =
      "[ttstream error, code=12001] [client-side stream] biz error: [ttstream error, code=12001] [client-side stream] biz error: [ttstream error, code=12015] [client-side stream] stream timeout, timeout in ctx: 1s";
    const { parts, summary } = explain(text);
    expect(parts.filter((part) => part.text.startsWith("code=")).map((part) => [part.text, part.depth])).toEqual([
      ["code=12001", 0],
      ["code=12001", 1],
      ["code=12015", 2],
    ]);
    expect(summary).toMatch(/2 errors deep: stream timeout/);
  });

  it("says that a text is cut off", () => {
    expect(said("[ttstream error, code=12007] [server-side stream] [canceled path: gateway -> ch")).toMatch(
      /a logger cut it/,
    );
  });
});

describe("streamscope explain", () => {
  it("takes the text from its arguments, in quotes or not, and from a pipe", async () => {
    const text = `[ttstream error, code=12007] [server-side stream] [canceled path: gateway] ${M7}`;
    const quoted = await runProgram(["explain", text]);
    expect(quoted).toMatchObject({ code: 0, stderr: "" });
    expect(quoted.stdout).toMatch(/In short\n +Cancel: this service was cancelled from above; gateway started it/);
    expect(quoted.stdout).toMatch(/Look at next\n {2}- Read the lines of gateway/);
    expect((await runProgram(["explain", ...text.split(" ")])).stdout).toBe(quoted.stdout);
    expect((await runProgram(["explain", "-"], { input: `${text}\n` })).stdout).toBe(quoted.stdout);
    expect((await runProgram(["explain"], { input: text })).stdout).toBe(quoted.stdout);
  });

  it("takes a text that begins with a dash", async () => {
    const { code } = await runProgram(["explain", "--", "-1 rpc error: code = 1 desc = context canceled"]);
    expect(code).toBe(0);
  });

  it("says what to do where there is nothing to explain", async () => {
    expect(await runProgram(["explain", "-"], { input: "" })).toMatchObject({ code: 3, stdout: "" });
  });

  it("shows what is hostile instead of doing it", async () => {
    const { stdout } = await runProgram([
      "explain",
      "[ttstream error, code=1] [canceled path: a\u202e\u009b2J] x\u001b]0;t\u0007",
    ]);
    expect(stdout).not.toMatch(/[\u001b\u0007\u009b\u202e]/);
  });
});

describe("the words of another program", () => {
  it("are told with whose they are, what they mean, and what they do not prove", () => {
    const { parts, summary } = explain(
      "job failed: TypeError: fetch failed [cause]: HeadersTimeoutError: Headers Timeout Error",
    );
    expect(summary).toMatch(/^undici: fetch's own timer/);
    expect(parts).toEqual([
      { text: "HeadersTimeoutError", depth: 0, meaning: summary, next: [expect.stringContaining("its client left")] },
    ]);
  });

  it("that anybody writes are nobody's", () => {
    expect(explain("client closed the connection").summary).toMatch(/^The program's own words/);
  });

  it.each(CATALOGUE.flatMap(({ id, meaning, samples }) => samples.map((text) => ({ id, text, meaning }))))(
    "of $id are explained: $text",
    ({ text, meaning }) => {
      const { parts, summary } = explain(text);
      expect(summary).not.toMatch(/No part of this text/);
      const isKitexs = parts.some((part) => /^code=|^rpc error: code = |^biz error/.test(part.text));
      if (!isKitexs) expect(parts.map((part) => part.meaning).join("\n")).toContain(meaning);
    },
  );

  it("are told one by one where several stand in a text", () => {
    const { parts } = explain("Error: socket hang up; upstream prematurely closed connection while reading upstream");
    expect(parts.map((part) => part.text)).toEqual(["upstream prematurely closed connection", "socket hang up"]);
  });

  it("beside a status of any gRPC say more than the status", () => {
    expect(said("rpc error: code = Canceled desc = grpc: the client connection is closing")).toMatch(
      /closed its own connection while calls were running/,
    );
  });

  it("in access lines are signs: whose, what they mean, and what they do not prove", () => {
    const line =
      '10.0.1.2:33317 [23/Nov/2026:06:57:02.655] http-in agents/agent1 10/0/30/69/5109 200 2750 - - CD-- 1/1/1/1/0 0/0 "GET /chat HTTP/1.1"';
    expect(partsOf(line)).toEqual(["CD--", "GET /chat"]);
    expect(said(line)).toMatch(/client closed the connection[\s\S]*Why it left is not said[\s\S]*passed on to agent1/);
    expect(said('10.0.0.9 - - [23/Nov/2026:06:57:02 +0000] "GET /chat HTTP/1.1" 200 5311')).toMatch(
      /proves no good end/,
    );
    expect(said('{"method":"GET","path":"/chat","response_code":0,"response_flags":"DC","duration":812}')).toMatch(
      /Envoy's client closed its connection/,
    );
  });
});
