/** Processes that are told to stop while streams are running, and while none is. */
import { describe, expect, it } from "vitest";
import { diagnoseLogs, inShort, onlyCascade } from "../../support/told.ts";

const START = Date.UTC(2026, 10, 27, 6, 57, 0);
const json = (service: string, ms: number, msg: string, fields: object = {}): string =>
  JSON.stringify({ time: START + ms, level: 40, name: service, msg, ...fields });
const listening = (service: string, port: number): string => json(service, -5_000, "listening", { port });
const nginx = (second: number, text: string): string => `2026/11/27 06:57:0${second} ${text}`;
const CUT =
  '[error] 7#7: *2 upstream prematurely closed connection while reading upstream, client: 127.0.0.1, server: , request: "GET /chat HTTP/1.1", upstream: "http://127.0.0.1:9013/chat", host: "127.0.0.1:9012"';

describe("a service that was told to stop in the middle", () => {
  it("is the origin, though a proxy's coarser clock puts the loss before it", () => {
    const cascade = onlyCascade({
      nginx: [nginx(1, CUT)],
      shop: [
        listening("shop", 9013),
        json("shop", 1_607, "SIGTERM received, shutting down"),
        json("shop", 1_607, "client closed the connection"),
      ],
    });
    expect(inShort(cascade)).toBe("shop shutdown strong -> nginx");
  });

  it("is not where the proxy's second was over before", () => {
    const cascade = onlyCascade({
      nginx: [nginx(1, CUT)],
      shop: [
        listening("shop", 9013),
        json("shop", 2_607, "SIGTERM received, shutting down"),
        json("shop", 2_610, "client closed the connection"),
      ],
    });
    expect(cascade.origin.kind).not.toBe("shutdown");
  });
});

describe("a server that still serves while it stops", () => {
  const chat = [listening("chat", 9013), json("chat", 1_000, "SIGTERM received, shutting down")];
  const timer = json("agent", 12_000, "call failed", {
    peer: "model",
    err: { name: "TimeoutError", message: "The operation was aborted due to timeout" },
  });
  const lostAt = (ms: number): string =>
    json("gateway", ms, "call failed: 14 UNAVAILABLE: Connection dropped", { peer: "chat" });

  it("ended nothing where somebody's own time ran out first", () => {
    const { origin } = onlyCascade({ chat, agent: [timer], gateway: [lostAt(12_011)] });
    expect([origin.service, origin.kind]).toEqual(["agent", "deadline"]);
  });

  it("ended what was lost before that", () => {
    const { origin } = onlyCascade({ chat, agent: [timer], gateway: [lostAt(11_990)] });
    expect([origin.service, origin.kind]).toEqual(["chat", "shutdown"]);
  });
});

describe("a proxy that was told to stop", () => {
  const STOPPED = "[notice] 5#5: signal 15 (SIGTERM) received from 99, exiting";
  const START_LINE = "[notice] 5#5: start worker processes";
  const shop = (ms: number): string[] => [listening("shop", 9017), json("shop", ms, "client closed the connection")];

  it("may be the caller that left within its second, if nobody else can", () => {
    const cascade = onlyCascade({
      nginx: [nginx(0, START_LINE), nginx(2, STOPPED), nginx(2, "[notice] 6#6: exit")],
      shop: shop(2_301),
    });
    expect(inShort(cascade)).toBe("nginx shutdown weak -> shop");
  });

  it("is not the caller that left later", () => {
    const cascade = onlyCascade({
      nginx: [nginx(0, START_LINE), nginx(2, STOPPED), nginx(2, "[notice] 6#6: exit")],
      shop: shop(3_278),
    });
    expect(cascade.origin.kind).toBe("disconnect");
  });
});

describe("an idle connection that a server closes as it stops", () => {
  const GOAWAY =
    "I1127 06:57:02.249075    6706 chttp2_transport.cc:1403] ipv4:127.0.0.1:9056: Got goaway [2] err=UNAVAILABLE:GOAWAY received; Error code: 2; Debug Text: Cancelling all calls {http2_error:2}";

  it("is nobody's end", () => {
    const model = [json("model", -5_000, "serving"), json("model", 2_242, "SIGTERM received, stopping server")];
    expect(diagnoseLogs({ model, agent: [json("agent", -5_000, "serving"), GOAWAY] }).cascades).toEqual([]);
  });

  it("is beside the streams that did end with it", () => {
    const model = [listening("model", 9056), json("model", 2_242, "SIGTERM received, stopping server")];
    const lost = json("agent", 2_251, "call failed: 14 UNAVAILABLE: Connection dropped", { peer: "model" });
    expect(inShort(onlyCascade({ model, agent: [GOAWAY, lost] }))).toBe("model shutdown strong -> agent");
  });

  it("needs no other process where its own was told to stop before", () => {
    const model = [listening("model", 9056), json("model", 2_242, "SIGTERM received, stopping server")];
    const agent = [
      json("agent", -4_000, "serving"),
      json("agent", 2_245, "SIGTERM received, stopping server"),
      json("agent", 2_251, "call failed: 14 UNAVAILABLE: Connection dropped", { peer: "model" }),
    ];
    expect(inShort(onlyCascade({ model, agent }))).toBe("model disconnect weak -> agent");
  });
});

describe("a service that was lost, and says without a time that it was told to stop", () => {
  const lost = json("edge", 675, "call failed: peer closed connection without sending complete message body", {
    upstream: "http://127.0.0.1:9046/chat",
  });
  const up = "INFO:     Uvicorn running on http://127.0.0.1:9046 (Press CTRL+C to quit)";
  const used = "2026-11-27 06:57:00,643 INFO httpx: HTTP Request: GET http://127.0.0.1:9047/chat";

  it("was likely lost for that", () => {
    expect(inShort(onlyCascade({ edge: [lost], relay: [up, used, "INFO:     Shutting down"] }))).toBe(
      "relay shutdown weak -> edge",
    );
  });

  it("was not where it says so only after it worked on", () => {
    const later = "2026-11-27 06:57:09,000 INFO httpx: HTTP Request: GET http://127.0.0.1:9047/chat";
    const cascade = onlyCascade({ edge: [lost], relay: [up, used, later, "INFO:     Shutting down"] });
    expect(cascade.origin.kind).toBe("disconnect");
  });
});
