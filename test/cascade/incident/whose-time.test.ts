/** Whose time was over: what those around a deadline or a cancelled handler show. */
import { describe, expect, it } from "vitest";
import { inShort, onlyCascade } from "../../support/told.ts";

const START = Date.UTC(2026, 10, 27, 6, 57, 0);
const json = (ms: number, fields: object): string =>
  JSON.stringify({ timestamp: new Date(START + ms).toISOString(), ...fields });

describe("a deadline that a server tells of", () => {
  const rid = "cb871fe42b5b";
  const relay = [
    json(-500, { msg: "listening", port: "21056" }),
    json(5, { msg: "handling chat", request_id: rid, upstream: "http://127.0.0.1:21049/generate" }),
    json(1_105, { msg: "reading upstream body", request_id: rid, err: "context deadline exceeded" }),
  ];
  const model = [
    json(-600, { msg: "listening on 21049" }),
    json(1_107, { msg: "client closed the connection", request_id: rid }),
  ];

  it("is its own where whoever had the request before it goes on well", () => {
    const front = [json(0, { msg: "chat request", rid }), json(1_108, { msg: "chat completed", rid })];
    expect(inShort(onlyCascade({ front, relay, model }))).toBe("relay deadline strong -> model");
  });

  it("may have come with the call where nothing is known of those above", () => {
    const front = [json(0, { msg: "chat request", rid })];
    expect(inShort(onlyCascade({ front, relay, model }))).toBe("relay deadline weak -> model");
  });

  it("may have come with the call where only a service below works on", () => {
    const tool = [json(20, { msg: "tool started", rid }), json(1_500, { msg: "tool still computes", rid })];
    expect(inShort(onlyCascade({ tool, relay, model })).slice(0, 20)).toBe("relay deadline weak ");
  });
});

describe("a timer in ordinary words", () => {
  const gateway = (words: string): string[] => [
    json(0, { msg: "stream open", upstream: "http://127.0.0.1:21028/generate" }),
    json(1_003, { msg: "stream failed", error: words }),
  ];
  const serving = json(-500, { msg: "listening on 21028" });

  it("is the writer's where the service that it called was cut off right then", () => {
    const model = [serving, json(1_009, { msg: "client closed the connection" })];
    expect(inShort(onlyCascade({ gateway: gateway("TimeoutError()"), model }))).toBe(
      "gateway deadline strong -> model",
    );
  });

  it("is a guess where nobody else was", () => {
    expect(inShort(onlyCascade({ gateway: gateway("TimeoutError()"), model: [serving] }))).toBe(
      "gateway deadline weak -> ",
    );
  });
});

describe("a handler that was cancelled", () => {
  const answered = (status: number): string[] => [
    json(1_000, { msg: "generate: task cancelled" }),
    json(1_001, { method: "POST", path: "/generate", status, duration_ms: 1_000 }),
  ];

  it("was out of its server's time where that answered so", () => {
    expect(inShort(onlyCascade({ model: answered(503), gate: [json(0, { msg: "chat request" })] }))).toBe(
      "model deadline weak -> ",
    );
  });

  it("may have lost its caller where the answer says nothing", () => {
    expect(onlyCascade({ model: answered(200), gate: [json(0, { msg: "chat request" })] }).origin.kind).toBe("cancel");
  });
});

describe("a service that vanished between two others", () => {
  const id = "a0b41d30e691725b";
  const front = [
    '2026/11/27 06:57:01 [error] 7#7: *2 upstream prematurely closed connection while reading upstream, client: 127.0.0.1, server: , request: "GET /chat HTTP/1.1", upstream: "http://127.0.0.1:21056/chat", host: "127.0.0.1:21063"',
  ];
  const router = [json(0, { msg: "listening", port: "21056" }), json(492, { msg: "handling chat", request_id: id })];
  const model = [json(1_665, { msg: "inference aborted", error: "context canceled", request_id: id })];

  it("is the one that the service above had called", () => {
    expect(inShort(onlyCascade({ front, router, model }))).toBe("router disconnect weak -> front, model");
  });

  it("is not the one that writes of the request afterwards", () => {
    const alive = [...router, json(1_900, { msg: "chat done", request_id: id })];
    expect(onlyCascade({ front, router: alive, model }).origin.service).not.toBe("router");
  });
});

describe("a line that two readings fit", () => {
  it("is told once, with what stands around it", () => {
    const cascade = onlyCascade({
      proxy: [
        '2026/11/27 06:57:01 [error] 7#7: *2 upstream timed out (110: Connection timed out) while reading upstream, client: 127.0.0.1, server: , request: "POST /d.D/S HTTP/2.0", upstream: "grpc://127.0.0.1:21112", host: "127.0.0.1:21119"',
      ],
      model: [
        json(0, { msg: "grpc server listening", addr: "127.0.0.1:21112" }),
        json(1_100, { msg: "stream context done", err: "context canceled", tokens: 24 }),
      ],
    });
    expect(inShort(cascade)).toBe("proxy deadline strong -> model");
    expect(cascade.evidenceCount).toBe(2);
  });
});

describe("a deadline that a server tells of, with how long it ran", () => {
  const listening = json(-600, { msg: "listening on 21049" });
  const model = [listening, json(1_107, { msg: "client closed the connection" })];
  const relay = (elapsed: number): string[] => [
    json(-500, { msg: "listening", port: "21056" }),
    json(5, { msg: "handling chat", upstream: "http://127.0.0.1:21049/generate" }),
    json(1_105, { msg: "reading upstream body", err: "context deadline exceeded", elapsed }),
  ];

  it("is its own where it counted the whole of a time that people set", () => {
    expect(inShort(onlyCascade({ relay: relay(1_100_425_986), model }))).toBe("relay deadline strong -> model");
  });

  it("may have come with the call where some of it was over when the service began to count", () => {
    expect(inShort(onlyCascade({ relay: relay(1_098_925_986), model }))).toBe("relay deadline weak -> model");
  });
});

describe("a timer in words that travel with a status", () => {
  const words = "4 DEADLINE_EXCEEDED: Deadline exceeded after 0.602s,remote_addr=127.0.0.1:24061";
  const cut = (ms: number): string[] => [json(-900, { msg: "serving" }), json(ms, { msg: "call cancelled by client" })];

  it("is its writer's where those it cut off noticed afterwards", () => {
    expect(inShort(onlyCascade({ web: [json(600, { err: words })], model: cut(603) }))).toBe(
      "web deadline strong -> model",
    );
  });

  it("may have come from below where they noticed before", () => {
    expect(inShort(onlyCascade({ web: [json(600, { err: words })], model: cut(597) }))).toBe(
      "web deadline weak -> model",
    );
  });

  it("may have come from below where they noticed in the same moment, or where nobody did", () => {
    expect(inShort(onlyCascade({ web: [json(600, { err: words })], model: cut(601) }))).toBe(
      "web deadline weak -> model",
    );
    expect(inShort(onlyCascade({ web: [json(600, { err: words })] }))).toBe("web deadline weak -> ");
    expect(inShort(onlyCascade({ web: [`stream failed Error: ${words}`] }))).toBe("web deadline weak -> ");
  });

  it("is its writer's whenever that is known to call them", () => {
    const web = [json(-500, { msg: "calling", peer: "model" }), json(600, { err: words })];
    expect(inShort(onlyCascade({ web, model: cut(597) }))).toBe("web deadline strong -> model");
  });

  it("is nobody's where no line says when", () => {
    const cascade = onlyCascade({ web: [`stream failed Error: ${words}`], model: ["call cancelled by client {}"] });
    expect([cascade.origin.service, cascade.origin.kind, cascade.origin.confidence]).toEqual([
      null,
      "deadline",
      "weak",
    ]);
  });

  it("is the server's where its caller repeats it in the same moment", () => {
    const grpcio = "StatusCode.DEADLINE_EXCEEDED Stream removed (Deadline Exceeded)";
    const agent = [json(-900, { msg: "serving" }), json(600, { err: grpcio })];
    expect(onlyCascade({ web: [json(600, { err: grpcio })], agent, model: cut(601) }).origin.service).toBe("agent");
  });
});

describe("a deadline that all services tell of", () => {
  const hop = (began: number, ended: number): string[] => [
    json(began, { msg: "ask received" }),
    json(ended, { msg: "ask ended", err: "context deadline exceeded" }),
  ];

  it("is at most that of the lowest one's caller, where those above heard of it one after another", () => {
    const { origin } = onlyCascade({ cli: hop(1, 905), api: hop(10, 904), agent: hop(20, 902), model: hop(30, 901) });
    expect([origin.service, origin.confidence]).toEqual(["agent", "weak"]);
  });

  it("is not told by an order in which no end came up", () => {
    const { origin } = onlyCascade({ cli: hop(1, 904), api: hop(10, 902), agent: hop(20, 901), model: hop(30, 905) });
    expect([origin.service, origin.confidence]).not.toEqual(["api", "weak"]);
    expect(origin.confidence).toBe("weak");
  });
});
