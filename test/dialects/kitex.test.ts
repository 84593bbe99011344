import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prefilter, readEvidence, smellsOfCancel } from "../../src/dialects/index.ts";
import type { Evidence } from "../../src/model/index.ts";
import { record } from "../support/record.ts";

function read(text: string, fields: Readonly<Record<string, string>> = {}): Evidence {
  const [evidence, ...others] = readEvidence(record(text, { fields: new Map(Object.entries(fields)) }));
  expect(others).toEqual([]);
  return evidence as Evidence;
}

const CANCEL =
  "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively";

describe("what a ttstream error says of the service that wrote it", () => {
  it.each([
    [`[ttstream error, code=12007] [client-side stream] ${CANCEL}`, "started", "cancel"],
    [`[ttstream error, code=12007] [server-side stream] [canceled path: A] ${CANCEL}`, "received", "cancel"],
    [`[ttstream error, code=12007] [client-side stream] [canceled path: A] ${CANCEL}`, "relayed", "cancel"],
    ["[ttstream error, code=12015] [client-side stream] stream timeout, timeout in ctx: 299ms", "started", "deadline"],
    [
      "[ttstream error, code=12014] [client-side stream] stream Recv timeout, timeout config={Timeout:50ms DisableCancelRemote:false}",
      "started",
      "deadline",
    ],
    [
      "[ttstream error, code=12014] [client-side stream] stream Recv timeout, timeout config={Timeout:50ms DisableCancelRemote:true}",
      "failed",
      "deadline",
    ],
    [
      "[ttstream error, code=12012] [server-side stream] canceled by business handler returning",
      "returned",
      "handler-return",
    ],
    [
      "[ttstream error, code=12012] [client-side stream] canceled by business handler returning",
      "started",
      "handler-return",
    ],
    ["[ttstream error, code=12013] canceled by connection closed", "received", "disconnect"],
    ["[ttstream error, code=12004] EOF peer close", "lost", "disconnect"],
    ["[ttstream error, code=1204] [server-side stream] [canceled path: Egress] Egress canceled", "received", "reset"],
    ["[ttstream error, code=12005] [client-side stream] stream is closed send", "failed", "error"],
  ])("%s", (text, said, kind) => {
    expect(read(text)).toMatchObject(said === "failed" ? { type: "answer", kind } : { observation: said, kind });
  });

  it("names the caller that a gRPC text inside a 12011 names", () => {
    const text =
      "[ttstream error, code=12011] [client-side stream] rpc error: code = 1 desc = transport: RSTStream Frame received with error code: CANCEL [triggered by gateway]";
    expect(read(text)).toMatchObject({ observation: "relayed", kind: "cancel", caller: { name: "gateway" } });
  });

  it.each([
    "stream error, code=12001] [client-side stream] biz error: ",
    "eam] biz error: ",
    "12001] [client-side stream] [canceled path: A -> B] panic: ",
  ])("tells what a service below returned where only the rest of the error around it is there: %s", (rest) => {
    const inner = "[ttstream error, code=12015] [client-side stream] stream timeout, timeout in ctx: 299ms";
    expect(read(`ServerStream to B: recv failed: [tts\n${rest}${inner}`)).toMatchObject({
      type: "answer",
      returned: true,
      told: { depth: 1, observation: "started", kind: "deadline" },
    });
  });

  it("is read below a line of Kitex that tells of none, where it has no time of its own", () => {
    const error = `[ttstream error, code=12007] [server-side stream] [canceled path: A] ${CANCEL}`;
    for (const [head, type] of [
      ["server listen at addr=127.0.0.1:1", "process"],
      ["auto retry retryable error", "call"],
    ] as const) {
      const said = readEvidence(record(`KITEX: ${head}\nrecv failed: ${error}`));
      expect(said, head).toMatchObject([
        { type },
        { type: "claim", observation: "received", path: ["A"], echo: false },
      ]);
      expect(readEvidence(record(`KITEX: ${head} ${error}`)), head).toMatchObject([{ type }]);
    }
    expect(readEvidence(record(`KITEX: stream[1] closed\nKITEX: auto retry ${error}`))).toMatchObject([
      { type: "call" },
    ]);
  });

  it("is in doubt behind words that were taken out of the middle of the line", () => {
    const error = `[ttstream error, code=12007] [client-side stream] ${CANCEL}`;
    for (const gap of [
      "recv fai ... ed: ",
      "recv fai\u2026: ",
      "recv f[...]ed: ",
      "recv fai...iled: ",
      "recv failed...",
    ])
      expect(read(gap + error), gap).toMatchObject({ cutShort: true });
    for (const words of ["[Error] biz error: ", "error=biz error: ", "retrying...: ", "retrying... ", "recv failed: "])
      expect(read(words + error), words).not.toHaveProperty("cutShort");
  });

  it("tells what a service below returned, and how deep", () => {
    const text =
      "[ttstream error, code=12001] [client-side stream] biz error: [ttstream error, code=12001] [client-side stream] biz error: [ttstream error, code=12015] [client-side stream] stream timeout, timeout in ctx: 1s";
    expect(read(text)).toMatchObject({
      type: "answer",
      told: { depth: 2, observation: "started", kind: "deadline" },
    });
  });
});

describe("what a Kitex gRPC status says", () => {
  it.each([
    ["rpc error: code = 1 desc = context canceled", "started", "cancel"],
    [
      "rpc error: code = 1 desc = transport: RSTStream Frame received with error code: CANCEL [triggered by A]",
      "received",
      "cancel",
    ],
    ["rpc error: code = 1 desc = transport: connection EOF [triggered by remote service]", "received", "disconnect"],
    ["rpc error: code = 4 desc = context deadline exceeded", "started", "deadline"],
    ["rpc error: code = 4 desc = context deadline exceeded [biz error]", "failed", "error"],
    ["rpc error: code = 14 desc = graceful shutdown", "received", "shutdown"],
    ["rpc error: code = 1 desc = unknown method Nope", "failed", "error"],
    ["rpc error: code = Canceled desc = context canceled", "started", "cancel"],
  ])("%s", (text, said, kind) => {
    expect(read(text)).toMatchObject(said === "failed" ? { type: "answer", kind } : { observation: said, kind });
  });

  it("is the incoming ttstream cancel where a relay's context packet holds one", () => {
    const text = `rpc error: code = 13 desc = Unexpected error from context packet: [ttstream error, code=12007] [server-side stream] [canceled path: A] ${CANCEL}`;
    expect(read(text)).toMatchObject({ observation: "relayed", side: "client", path: ["A"], code: 12007 });
  });
});

describe("Kitex's own lines", () => {
  it("are echoes that show that the service has callers", () => {
    const text = `KITEX: processing ttstream request error, remoteAddr=127.0.0.1:5, error=biz error: [ttstream error, code=12007] [client-side stream] ${CANCEL}`;
    expect(read(text)).toMatchObject({ observation: "started", echo: true, serves: true });
  });

  it.each([
    "KITEX: stop server error: error=context deadline exceeded",
    "KITEX: grpc server loopyWriter.run returning, error=rpc error: code = 1 desc = transport: connection EOF [triggered by remote service]",
    "KITEX: gRPC GracefulShutdown starts",
  ])("%s is no cancel, and shows a server", (text) => {
    expect(read(text)).toMatchObject({ type: "call", serves: true });
  });

  it.each([
    "KITEX: gRPC triggers Close, error=rpc error: code = 1 desc = context canceled",
    "KITEX: stream[3] context canceled",
    "KITEX: auto retry retry=1 cause=rpc error: code = 4 desc = context deadline exceeded",
  ])("%s is no cancel", (text) => {
    expect(read(text)).toMatchObject({ type: "call", serves: false });
  });

  it("say where a service listens", () => {
    expect(read("KITEX: server listen at addr=127.0.0.1:9002")).toMatchObject({
      type: "process",
      happened: "started",
      address: "127.0.0.1:9002",
      serves: true,
    });
  });
});

describe("the peer of a stream", () => {
  const text = `[ttstream error, code=12007] [client-side stream] ${CANCEL}`;
  it.each([
    [{ peer: "model" }, "model", null],
    [{ to_service: "model" }, "model", null],
    [{}, null, null],
  ])("is found in the fields %j", (fields: Readonly<Record<string, string>>, peer, peerHint) => {
    expect(read(text, fields)).toMatchObject({ peer, peerHint });
  });

  it("is never the service itself", () => {
    expect(read(text, { peer: "chat" })).toMatchObject({ service: "chat", peer: null });
    expect(read(`call chat failed: ${text}`)).toMatchObject({ peerHint: null });
  });

  it("is no empty or endless field", () => {
    expect(read(text, { peer: "" })).toMatchObject({ peer: null });
    expect(read(text, { peer: "x".repeat(257) })).toMatchObject({ peer: null });
    expect(read(text, { peer: "x".repeat(256) })).toMatchObject({ peer: "x".repeat(256) });
  });

  it.each([
    ["send failed: ", "send"],
    ["writing: ", "send"],
    ["open stream: ", "open"],
    ["dial: ", "open"],
    ["stream context done: ", "context"],
    ["recv failed: ", "receive"],
    ["reading: ", "receive"],
    ["resend: ", null],
    ["", null],
  ])("was being done what the words %j say", (words, operation) => {
    expect(read(words + text)).toMatchObject({ operation });
  });

  it.each(["ServerStream to model: recv failed: ", "call model failed: ", 'calling "model": '])(
    "is a hint in the words %j",
    (words) => {
      expect(read(words + text)).toMatchObject({ peer: null, peerHint: "model" });
    },
  );
});

describe("a span of Kitex's tracing suite", () => {
  const text = `[ttstream error, code=12007] [client-side stream] ${CANCEL}`;
  const spanOf = (
    kind: "client" | "server" | "internal",
    texts: readonly string[],
    fields: Readonly<Record<string, string>> = {},
  ) =>
    readEvidence(
      record("", {
        texts: [...texts],
        fields: new Map(Object.entries({ "rpc.system": "kitex", ...fields })),
        span: { kind, name: "Chat/Ask", startAt: 1n, endAt: 5n, parentSpanId: "p", status: 2 },
        spanId: "s",
      }),
    );

  it("says what its status and its event say alike once", () => {
    expect(spanOf("client", [text, text])).toHaveLength(1);
    expect(
      spanOf("client", [
        text,
        "[ttstream error, code=12012] [client-side stream] canceled by business handler returning",
      ]),
    ).toHaveLength(2);
  });

  it("names the called service where it is the client's, and nobody where it is the server's", () => {
    const fields = { "rpc.service": "model", "rpc.method": "Ask" };
    expect(spanOf("client", [text], fields)).toMatchObject([{ peerHint: "model", method: "Ask", operation: "span" }]);
    expect(spanOf("internal", [text], fields)).toMatchObject([{ peerHint: null }]);
    expect(spanOf("server", [text], { ...fields, peer: "gateway" })).toMatchObject([
      { peer: null, peerHint: null, method: "Ask", serves: true, echo: true },
    ]);
  });
});

describe("evidence of any text", () => {
  const pieces = fc.array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.constantFrom(
        "[ttstream error, code=12001] ",
        "[client-side stream] ",
        "[canceled path: A -> B] ",
        "rpc error: code = 1 desc = ",
        " [biz error]",
        " [triggered by ",
        'connection error: desc = "',
        "biz error: ",
        "biz error: code=1, msg=",
        "KITEX: ",
        "processing ttstream request error, remoteAddr=",
        ", error=",
        "Unexpected error from context packet: ",
        "\n",
        "\u001b[31m",
        "\u202e",
        "\u0000",
      ),
    ),
    { maxLength: 30 },
  );

  it("never throws, and always says where it stands", () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        for (const evidence of readEvidence(record(parts.join(""))))
          expect(evidence.place).toEqual({ source: "test.log", line: 1 });
      }),
      { numRuns: 3000 },
    );
  });

  it("is found in no line that the prefilter would skip", () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join("");
        const seen = [...prefilter.needles, ...prefilter.smells].some((needle) => text.includes(needle));
        // An escape sequence may tear a needle apart; sources look at such lines with the sequences taken out.
        if (!seen && !text.includes("\u001b")) expect(readEvidence(record(text))).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  it("is found whatever its marker is torn by, and whatever other errors it stands beside", () => {
    const found = (text: string): readonly string[] => readEvidence(record(text)).map(({ dialect }) => dialect);
    expect(found("[ttstream e\u001b[31mrr\u001b[0mor, code=12007] x")).toEqual(["ttstream"]);
    expect(found("rpc er\u001b[1mror: code = 1 desc = x")).toEqual(["grpc"]);
    expect(found("biz error: code=7, msg=x")).toEqual(["biz-status"]);
    expect(found('connection error: desc = "x"')).toEqual(["grpc-conn"]);
    expect(found("KITEX: gRPC GracefulShutdown")).toEqual(["kitex"]);
    expect(found("[server-transport 0xc000] Closing: cancelled")).toEqual(["kitex"]);
  });

  it("is missing where a line only smells of a cancel, and then it is told so", () => {
    const line = record("Cancellation is a word of the manual");
    expect(readEvidence(line)).toEqual([]);
    expect(smellsOfCancel(line)).toBe(true);
    expect(smellsOfCancel(record("DEADLINE_EXCEEDED is a status"))).toBe(true);
    expect(smellsOfCancel(record("an ordinary line"))).toBe(false);
  });
});
