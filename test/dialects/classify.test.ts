import { describe, expect, it } from "vitest";
import { type AnswerText, addressIn, type CancelText, classify } from "../../src/dialects/classify.ts";
import { findKitexErrors } from "../../src/dialects/grammars.ts";

const CANCEL =
  "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively";
const [C, S] = ["[client-side stream]", "[server-side stream]"];
const PATH = "[canceled path: A -> B]";
const RETURNED = "canceled by business handler returning";
const RESET = "transport: RSTStream Frame received with error code: CANCEL";
const BY_A = `rpc error: code = 1 desc = ${RESET} [triggered by A]`;
const WAIT = "stream Recv timeout, timeout config={Timeout:200ms DisableCancelRemote:false}";
const KEEP = "stream Recv timeout, timeout config={Timeout:200ms DisableCancelRemote:true}";

/** What the only error of a text says. */
function said(text: string) {
  const [error, ...others] = findKitexErrors(text);
  expect(others).toEqual([]);
  return classify(error as NonNullable<typeof error>);
}

function tt(code: number, ...groups: readonly string[]): string {
  return [`[ttstream error, code=${code}]`, ...groups].join(" ");
}

function claim(more: Partial<CancelText>): CancelText {
  return {
    type: "claim",
    dialect: "ttstream",
    observation: "started",
    about: "self",
    knowledge: "reading",
    kind: "cancel",
    code: 12007,
    side: null,
    path: null,
    foreignPath: false,
    message: CANCEL,
    caller: null,
    address: null,
    carriesDeadlines: false,
    ownSetting: false,
    breaksConnection: false,
    ...more,
  };
}

function answer(more: Partial<AnswerText>): AnswerText {
  return {
    type: "answer",
    dialect: "ttstream",
    kind: "error",
    code: 12001,
    side: "client",
    message: "",
    told: null,
    returned: false,
    afterEnd: false,
    carriesDeadlines: false,
    address: null,
    ...more,
  };
}

const received = { observation: "received", about: "caller", side: "server" } as const;
const relayed = { observation: "relayed", about: "caller", side: "client" } as const;
const lost = { observation: "lost", about: "connection", kind: "disconnect", side: "client" } as const;
const AB = { path: ["A", "B"] } as const;

describe("a cancel in ttstream's words", () => {
  it.each<[string, Partial<CancelText>]>([
    [tt(12007, C, CANCEL), { side: "client" }],
    [tt(12007, CANCEL), {}],
    [tt(12007, C, `${CANCEL}, giving up`), { side: "client" }],
    [tt(12007, S, CANCEL), received],
    [tt(12007, S, PATH, CANCEL), { ...received, ...AB }],
    [tt(12007, C, PATH, CANCEL), { ...relayed, ...AB }],
    [tt(12008, C, "user left "), { code: 12008, side: "client", message: "user left" }],
    [tt(12008, S, PATH, "user left"), { ...received, ...AB, code: 12008, message: "user left" }],
    [
      tt(12009, C, "canceled by downstream: A is shutting down"),
      { side: "client", kind: "shutdown", code: 12009, message: "canceled by downstream" },
    ],
    [
      tt(12009, C, PATH, "canceled by downstream: A is shutting down"),
      {
        ...{ ...received, ...AB, side: "client", about: "callee", kind: "shutdown" },
        ...{ code: 12009, message: "canceled by downstream" },
      },
    ],
    [
      tt(12009, C, "canceled by downstream: a header beyond the limit"),
      {
        ...received,
        side: "client",
        about: "callee",
        kind: "shutdown",
        code: 12009,
        message: "canceled by downstream",
      },
    ],
    [
      tt(12009, S, "canceled by downstream: B is shutting down"),
      { side: "server", kind: "shutdown", code: 12009, message: "canceled by downstream" },
    ],
    [
      tt(12009, S, PATH, "canceled by downstream: A is shutting down"),
      { ...received, ...AB, kind: "shutdown", code: 12009, message: "canceled by downstream" },
    ],
    [
      tt(12010, C, "canceled by upstream: A is closing"),
      { side: "client", kind: "shutdown", code: 12010, message: "canceled by upstream" },
    ],
    [
      tt(12010, "canceled by upstream: edge is closing its HTTP server"),
      { kind: "shutdown", code: 12010, message: "canceled by upstream" },
    ],
    [
      tt(12010, "canceled by upstream: edge is closing"),
      { ...received, side: null, code: 12010, message: "canceled by upstream" },
    ],
    [
      tt(12010, S, PATH, "canceled by upstream: A is closing its HTTP server"),
      { ...received, ...AB, code: 12010, message: "canceled by upstream" },
    ],
    [tt(12010, S, PATH, "closing"), { ...received, ...AB, code: 12010, message: "closing" }],
    [tt(12012, C, RETURNED), { side: "client", kind: "handler-return", code: 12012, message: RETURNED }],
    [
      tt(12012, S, RETURNED),
      { observation: "returned", side: "server", kind: "handler-return", code: 12012, message: RETURNED },
    ],
    [tt(12012, RETURNED), { observation: "returned", kind: "handler-return", code: 12012, message: RETURNED }],
    [tt(12012, C, PATH, RETURNED), { ...relayed, ...AB, kind: "handler-return", code: 12012, message: RETURNED }],
    [tt(12012, S, PATH, RETURNED), { ...received, ...AB, kind: "handler-return", code: 12012, message: RETURNED }],
    [
      tt(12013, "canceled by connection closed"),
      { ...received, side: null, kind: "disconnect", code: 12013, message: "canceled by connection closed" },
    ],
    [
      tt(12013, C, "canceled by connection closed"),
      { ...relayed, kind: "disconnect", code: 12013, message: "canceled by connection closed" },
    ],
    [tt(12014, C, WAIT), { side: "client", kind: "deadline", code: 12014, message: WAIT, ownSetting: true }],
    [
      tt(12014, S, PATH, `${WAIT}, bye`),
      { ...received, ...AB, kind: "deadline", code: 12014, message: WAIT, ownSetting: true },
    ],
    [tt(12014, C, PATH, KEEP), { ...relayed, ...AB, kind: "deadline", code: 12014, message: KEEP, ownSetting: true }],
    [
      tt(12015, C, "stream timeout, timeout in ctx: 299.5ms; giving up"),
      { side: "client", kind: "deadline", code: 12015, message: "stream timeout, timeout in ctx: 299.5ms" },
    ],
    [
      tt(12015, S, PATH, "stream timeout, timeout in ctx: 1.5µs"),
      { ...received, ...AB, kind: "deadline", code: 12015, message: "stream timeout, timeout in ctx: 1.5µs" },
    ],
    [
      tt(12015, C, "stream timeout, no explicit timeout set in stream ctx"),
      {
        side: "client",
        kind: "deadline",
        code: 12015,
        message: "stream timeout, no explicit timeout set in stream ctx",
      },
    ],
    [tt(13, S, "rst"), { ...received, kind: "reset", code: 13, message: "rst" }],
    [
      tt(1111, C, "[canceled path: Egress]", "proxy timeout "),
      { ...received, side: "client", kind: "reset", code: 1111, path: ["Egress"], message: "proxy timeout" },
    ],
  ])("%s", (text, expected) => {
    expect(said(text)).toEqual(claim(expected));
  });
});

describe("a connection that is gone", () => {
  it.each<[string, Partial<CancelText>]>([
    [
      tt(12002, "stream[3] already set header"),
      { ...lost, code: 12002, message: "stream[3] already set header", breaksConnection: true },
    ],
    [
      tt(12002, S, "stream[3] already set header"),
      { ...lost, side: "server", code: 12002, message: "stream[3] already set header", breaksConnection: true },
    ],
    [tt(12004, "EOF peer close"), { ...lost, about: "callee", code: 12004, message: "EOF peer close" }],
    [
      tt(12004, S, "unexpected header flags: 0"),
      { ...lost, about: "callee", side: "server", code: 12004, message: "unexpected header flags: 0" },
    ],
    [tt(12006, "transport is closing"), { ...lost, code: 12006, message: "transport is closing" }],
    [
      tt(12006, S, "broken pipe when flush"),
      { ...lost, side: "server", code: 12006, message: "broken pipe when flush" },
    ],
    [
      'connection error: desc = "error reading from server, remoteAddress=127.0.0.1:25002, error=EOF \\"x\\""',
      {
        ...lost,
        dialect: "grpc-conn",
        code: null,
        address: "127.0.0.1:25002",
        message: 'error reading from server, remoteAddress=127.0.0.1:25002, error=EOF "x"',
      },
    ],
  ])("%s", (text, expected) => {
    expect(said(text)).toEqual(claim(expected));
  });
});

describe("a cancel that came into ttstream from something else", () => {
  const foreign = { code: 12011, message: RESET, foreignPath: true, caller: { name: "A" } } as const;
  it.each<[string, Partial<CancelText>]>([
    [tt(12011, C, BY_A), { ...relayed, ...foreign }],
    [tt(12011, S, "[canceled path: non-ttstream path -> B]", BY_A), { ...received, ...foreign, path: ["B"] }],
    [tt(12011, S, "[canceled path: non-ttstream path]", BY_A), { ...received, ...foreign }],
    [tt(12011, S, PATH, BY_A), { ...received, ...foreign, ...AB, foreignPath: false }],
    [
      tt(12011, C, "rpc error: code = 1 desc = transport: connection EOF [triggered by remote service]"),
      { ...relayed, ...foreign, kind: "disconnect", message: "transport: connection EOF", caller: { name: null } },
    ],
    [
      tt(12011, C, `rpc error: code = 1 desc = transport: ${RETURNED}`),
      { side: "client", code: 12011, kind: "handler-return", message: `transport: ${RETURNED}` },
    ],
    [
      tt(12011, S, "[canceled path: non-ttstream path -> C]", `rpc error: code = 1 desc = transport: ${RETURNED}`),
      { ...received, code: 12011, path: ["C"], kind: "handler-return", message: `transport: ${RETURNED}` },
    ],
    [
      tt(12011, C, "rpc error: code = 13 desc = boom [biz error]"),
      { ...relayed, ...foreign, message: "boom", caller: null },
    ],
    [tt(12011, C, "own context"), { ...relayed, ...foreign, message: "own context", caller: null }],
    [tt(12011, S, PATH, "own context"), { ...received, ...AB, code: 12011, message: "own context" }],
  ])("%s", (text, expected) => {
    expect(said(text)).toEqual(claim(expected));
  });
});

describe("an error that cancelled nobody", () => {
  const deep = tt(12001, C, `biz error: ${tt(12001, C, `biz error: ${tt(12005, C, "stream is closed send")}`)}`);
  it.each<[string, Partial<AnswerText>]>([
    [
      tt(12001, C, "biz error: quota"),
      {
        message: "biz error: quota",
        returned: true,
        told: { depth: 1, observation: "failed", kind: "error", message: "quota" },
      },
    ],
    [
      tt(12001, C, "panic: boom"),
      {
        message: "panic: boom",
        returned: true,
        told: { depth: 1, observation: "failed", kind: "error", message: "boom" },
      },
    ],
    [
      tt(12001, C, `biz error: ${tt(12007, C, CANCEL)}`),
      {
        message: `biz error: ${tt(12007, C, CANCEL)}`,
        returned: true,
        told: { depth: 1, observation: "started", kind: "cancel", message: CANCEL },
      },
    ],
    [
      deep,
      {
        message: deep.slice(tt(12001, C, "").length),
        returned: true,
        told: { depth: 2, observation: "failed", kind: "error", message: "stream is closed send" },
      },
    ],
    [
      tt(12001, C, `biz error: ${tt(12014, C, KEEP)}`),
      {
        message: `biz error: ${tt(12014, C, KEEP)}`,
        returned: true,
        told: { depth: 1, observation: "failed", kind: "deadline", message: KEEP },
      },
    ],
    [
      tt(12001, C, "biz error: remote or network error: dial tcp 10.0.0.1:9000: refused"),
      {
        message: "biz error: remote or network error: dial tcp 10.0.0.1:9000: refused",
        returned: true,
        address: "10.0.0.1:9000",
        told: {
          depth: 1,
          observation: "failed",
          kind: "error",
          message: "remote or network error: dial tcp 10.0.0.1:9000: refused",
        },
      },
    ],
    [tt(12003, C, "malformed header info, extra: x"), { code: 12003, message: "malformed header info, extra: x" }],
    [tt(12005, C, "stream is closed send"), { code: 12005, message: "stream is closed send", afterEnd: true }],
    [tt(12014, C, KEEP), { code: 12014, kind: "deadline", message: KEEP }],
    [
      "biz error: code=10001, msg=quota",
      { dialect: "biz-status", code: 10_001, side: null, message: "quota", returned: true },
    ],
  ])("%s", (text, expected) => {
    expect(said(text)).toEqual(answer(expected));
  });
});

describe("a status of gRPC", () => {
  const grpc = (more: Partial<CancelText>) => claim({ dialect: "grpc", code: 1, carriesDeadlines: true, ...more });
  it.each<[string, Partial<CancelText>]>([
    ["rpc error: code = 1 desc = context canceled", { side: "client", message: "context canceled" }],
    [
      "rpc error: code = 1 desc = context canceled, rstCode: 8 [send RSTStream Frame]",
      { side: "client", message: "context canceled" },
    ],
    [
      "rpc error: code = Canceled desc = context canceled",
      { side: "client", message: "context canceled", knowledge: "hearsay" },
    ],
    [BY_A, { ...received, message: RESET, caller: { name: "A" } }],
    [BY_A.replace("by A", "by "), { ...received, message: RESET, caller: { name: null } }],
    [
      BY_A.replace("CANCEL", "REFUSED_STREAM"),
      { ...received, kind: "reset", message: RESET.replace("CANCEL", "REFUSED_STREAM"), caller: { name: "A" } },
    ],
    [`rpc error: code = 1 desc = ${RESET}`, { ...received, side: null, message: RESET }],
    [
      "rpc error: code = 1 desc = transport: connection EOF [triggered by remote service]",
      { ...received, kind: "disconnect", message: "transport: connection EOF", caller: { name: null } },
    ],
    [
      `rpc error: code = 1 desc = transport: ${RETURNED}`,
      { observation: "returned", kind: "handler-return", message: `transport: ${RETURNED}` },
    ],
    [
      "rpc error: code = DeadlineExceeded desc = stream terminated by RST_STREAM with error code: CANCEL",
      {
        kind: "deadline",
        code: 4,
        knowledge: "hearsay",
        message: "stream terminated by RST_STREAM with error code: CANCEL",
      },
    ],
    [
      "rpc error: code = 4 desc = context deadline exceeded",
      { kind: "deadline", code: 4, message: "context deadline exceeded" },
    ],
    [
      "rpc error: code = 4 desc = context deadline exceeded, rstCode: 8 [send RSTStream Frame]",
      { kind: "deadline", code: 4, side: "client", message: "context deadline exceeded" },
    ],
    [
      `rpc error: code = 17 desc = ${WAIT}`,
      { kind: "deadline", code: 17, side: "client", message: WAIT, ownSetting: true },
    ],
    [
      "rpc error: code = 14 desc = graceful shutdown",
      { ...received, side: null, kind: "shutdown", code: 14, message: "graceful shutdown" },
    ],
    [
      "rpc error: code = 14 desc = transport: closing server transport due to age",
      {
        ...received,
        side: null,
        kind: "shutdown",
        code: 14,
        message: "transport: closing server transport due to age",
      },
    ],
  ])("%s ends a stream", (text, expected) => {
    expect(said(text)).toEqual(grpc(expected));
  });

  const failed = (more: Partial<AnswerText>) =>
    answer({ dialect: "grpc", code: 13, side: null, carriesDeadlines: true, ...more });
  it.each<[string, Partial<AnswerText>]>([
    [
      "rpc error: code = 13 desc = quota [biz error]",
      {
        side: "client",
        returned: true,
        message: "quota",
        told: { depth: 1, observation: "failed", kind: "error", message: "quota" },
      },
    ],
    [
      "rpc error: code = 4 desc = context deadline exceeded [biz error]",
      {
        code: 4,
        side: "client",
        returned: true,
        message: "context deadline exceeded",
        told: { depth: 1, observation: "started", kind: "deadline", message: "context deadline exceeded" },
      },
    ],
    [
      "rpc error: code = 1 desc = context canceled [biz error] [biz error]",
      {
        code: 1,
        side: "client",
        returned: true,
        message: "context canceled",
        told: { depth: 2, observation: "started", kind: "cancel", message: "context canceled" },
      },
    ],
    [
      `rpc error: code = 13 desc = ${tt(12007, C, CANCEL)} [biz error] [biz error]`,
      {
        side: "client",
        returned: true,
        message: tt(12007, C, CANCEL),
        told: { depth: 2, observation: "started", kind: "cancel", message: CANCEL },
      },
    ],
    [
      `rpc error: code = 13 desc = call failed: ${tt(12007, C, CANCEL)}`,
      {
        returned: true,
        message: `call failed: ${tt(12007, C, CANCEL)}`,
        told: { depth: 1, observation: "started", kind: "cancel", message: CANCEL },
      },
    ],
    ["rpc error: code = 13 desc = the stream is done", { message: "the stream is done" }],
    ["rpc error: code = 1 desc = unknown method X", { code: 1, message: "unknown method X" }],
    ["rpc error: code = 4 desc = slow disk", { code: 4, message: "slow disk" }],
    ["rpc error: code = 14 desc = refused", { code: 14, message: "refused" }],
    [`rpc error: code = 17 desc = ${KEEP}`, { code: 17, side: "client", kind: "deadline", message: KEEP }],
  ])("%s ends nobody's stream", (text, expected) => {
    expect(said(text)).toEqual(failed(expected));
  });

  const packet = (inner: string) => said(`rpc error: code = 13 desc = Unexpected error from context packet: ${inner}`);
  it("with a context packet is what the handler's own context says", () => {
    expect(packet(tt(12007, S, "[canceled path: A]", CANCEL))).toEqual(claim({ ...relayed, path: ["A"] }));
    expect(packet(tt(12012, S, RETURNED))).toEqual(
      claim({ observation: "returned", side: "client", kind: "handler-return", code: 12012, message: RETURNED }),
    );
    expect(packet(tt(12005, S, "stream is closed send"))).toEqual(
      answer({ code: 12005, message: "stream is closed send", afterEnd: true }),
    );
  });
});

describe("a name that a text gives", () => {
  it.each(["", "remote service", "handler side"])("is no service's if it is %j", (word) => {
    const text = BY_A.replace("by A", `by ${word}`);
    expect(said(text)).toMatchObject({ caller: { name: null } });
    expect(said(tt(12011, C, text))).toMatchObject({ caller: { name: null } });
  });

  it.each([
    ["dial tcp 127.0.0.1:9000: refused", "127.0.0.1:9000"],
    ["dial unix /run/chat.sock: refused", "/run/chat.sock"],
    ["remoteAddress=[::1]:9000, error=EOF", "[::1]:9000"],
    ["dial tcp model.prod:443, again", "model.prod:443"],
    ["from 127.0.0.1:9000", null],
  ])("of an address in %j is %j", (text, address) => {
    expect(addressIn(text)).toBe(address);
  });
});

describe("a status Unavailable in words", () => {
  const lost = "rpc error: code = Unavailable desc = error reading from server: EOF";

  it("is the loss of the service that was called where the connection broke under the call", () => {
    for (const text of [
      lost,
      "rpc error: code = Unavailable desc = error reading from server: read tcp 10.0.0.1:1->10.0.0.2:2: connection reset by peer",
      "rpc error: code = Unavailable desc = transport is closing",
      'rpc error: code = Unavailable desc = closing transport due to: connection error: desc = "error reading from server: EOF"',
    ])
      expect(said(text)).toMatchObject({ observation: "lost", about: "callee", knowledge: "hearsay", side: "client" });
  });

  it("is a failure where nothing was open, and where a connection was closed in order", () => {
    for (const text of [
      'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.0.0.1:1: connect: refused"',
      "rpc error: code = Unavailable desc = no healthy upstream",
      "rpc error: code = Unavailable desc = closing transport due to: EOF, received prior goaway: code: NO_ERROR, debug data: max_age",
    ])
      expect(said(text)).toMatchObject({ type: "answer" });
  });

  it("stays what Kitex makes of it where it has Kitex's number", () => {
    expect(said(lost.replace("Unavailable", "14"))).toMatchObject({ type: "answer" });
  });
});

describe("a text that is cut", () => {
  it.each([
    ["in a name", tt(12007, S, "[canceled path: web-"), { observation: "received", side: "server", path: null }],
    ["in a later name", tt(12007, S, "[canceled path: A -> B -> ve"), { observation: "received", path: ["A", "B"] }],
    ["in an arrow", tt(12007, C, "[canceled path: A -"), { observation: "relayed", path: ["A"] }],
    ["behind an arrow", tt(12007, C, "[canceled path: A ->"), { observation: "relayed", path: ["A"] }],
    ["with a mark", tt(12007, C, "[canceled path: A -> web-gat..."), { observation: "relayed", path: ["A"] }],
    ["in the words of a path", tt(12007, C, "[canceled pa"), { observation: "relayed", path: null }],
    ["in a side", tt(12007, "[ser"), { observation: "received", side: "server", path: null }],
    ["in the other side", tt(12007, "[cli\u2026"), { observation: "started", side: "client", path: null }],
    ["before a path could follow", tt(12007, C), { observation: "started", side: "client", path: null }],
    ["behind its code", tt(12007), { observation: "started", side: null, path: null }],
  ] as const)("%s names nobody who is not there whole, and says so", (_, text, expected) => {
    expect(said(text)).toMatchObject({ ...expected, cutShort: true, message: CANCEL });
  });

  it.each([
    ["in its sentence", tt(12007, C, CANCEL.slice(0, 30)), { observation: "started", path: null, message: CANCEL }],
    ["behind its path", tt(12007, S, PATH), { observation: "received", path: ["A", "B"], message: "" }],
    ["nowhere", tt(12007, S, PATH, CANCEL), { observation: "received", path: ["A", "B"], message: CANCEL }],
  ] as const)("%s has said whose cancel it is", (_, text, expected) => {
    const claimed = said(text);
    expect(claimed).toMatchObject(expected);
    expect(claimed).not.toHaveProperty("cutShort");
  });
});
