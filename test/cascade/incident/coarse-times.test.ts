/** Times without fractions: what they leave open is not told. */
import { describe, expect, it } from "vitest";
import { diagnoseLogs, onlyCascade } from "../../support/told.ts";

const LEFT =
  '*2 epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too, client: 127.0.0.1, server: , request: "GET /chat HTTP/1.1", upstream: "http://127.0.0.1:9002/chat", host: "127.0.0.1:9001"';
const json = (time: string, fields: object): string => JSON.stringify({ time: `2026-11-27T06:57:${time}Z`, ...fields });
const gateway = (time: string): string[] => [
  json("00.100", { msg: "Server listening at http://127.0.0.1:9002" }),
  json(time, { level: "warn", msg: "client disconnected" }),
];

describe("a time in whole seconds", () => {
  const nginx = [`2026/11/27 06:57:02 [info] 7#7: ${LEFT}`];

  it("stands for its whole second: nothing within it was earlier or later", () => {
    const [gateway1] = onlyCascade({ nginx, gateway: gateway("02.665") }).reached;
    expect(gateway1).toMatchObject({ service: "gateway", state: "stopped" });
    expect(gateway1).not.toHaveProperty("delayMs");
  });

  it("is no clock that is wrong", () => {
    const timer = json("02.900", { level: "error", err: "TimeoutError: timed out after 2.4s", peer: "model" });
    const { cascades, warnings } = diagnoseLogs({ nginx, gateway: [...gateway("09.000").slice(0, 1), timer] });
    expect(cascades.map(({ origin }) => origin.service)).toEqual(["gateway"]);
    expect(warnings.map(({ rule }) => rule)).not.toContain("clock-skew");
  });

  it("tells an order beyond its second", () => {
    const [late] = onlyCascade({ nginx, gateway: gateway("03.250") }).reached;
    expect(late?.delayMs).toBe(1_250);
  });

  it("takes nothing from times with fractions", () => {
    const fine = [`2026-11-27 06:57:02,100 WARNING edge: client closed the connection, upstream=127.0.0.1:9002`];
    const [after] = onlyCascade({ edge: fine, gateway: gateway("02.665") }).reached;
    expect(after?.delayMs).toBe(565);
  });
});
