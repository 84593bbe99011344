/** What stands beside a cancel and did not make it: a failure that was survived, a stop of something else, a line that only heard of it. */
import { describe, expect, it } from "vitest";
import { diagnoseLogs, inShort, onlyCascade } from "../../support/told.ts";

const START = Date.UTC(2026, 10, 27, 6, 57, 0);
const json = (ms: number, fields: object): string =>
  JSON.stringify({ timestamp: new Date(START + ms).toISOString(), ...fields });
const python = (ms: number, text: string): string =>
  `${new Date(START + ms).toISOString().slice(0, 23).replace("T", " ").replace(".", ",")} WARNING ${text}`;

const SURVIVED = "cache lookup failed, continuing without: The operation was aborted due to timeout";

describe("a failure that a service went on without", () => {
  const cache = json(100, { message: SURVIVED, rid: "22a6c68c9e70" });
  const model = [python(560, "request 22a6c68c9e70: generation cancelled after 16 tokens")];

  it("did not end the request that its caller left later", () => {
    const left = json(550, { message: "response closed before finish, aborting upstream", rid: "22a6c68c9e70" });
    expect(inShort(onlyCascade({ api: [cache, left], model }))).toBe("api disconnect strong -> model");
  });

  it("ended what it was itself, where nothing else happened", () => {
    expect(inShort(onlyCascade({ api: [cache] }))).toBe("api deadline strong -> ");
  });

  it("is the service's own timer where it did not go on", () => {
    const failed = json(540, { message: "call failed: The operation was aborted due to timeout", rid: "22a6c68c9e70" });
    const left = json(550, { message: "response closed before finish", rid: "22a6c68c9e70" });
    expect(inShort(onlyCascade({ api: [failed, left], model }))).toBe("api deadline strong -> model");
  });
});

describe("a stop of something else", () => {
  const left = (rid: string): string[] => [
    json(560, { message: "response closed before finish", rid }),
    json(562, { code: "ERR_CANCELED", message: "upstream stream error: canceled", rid }),
  ];
  const model = [python(570, "request run-bb22: generation cancelled after 36 tokens")];

  it("ends no request with another id", () => {
    const stop = json(20, { message: "stop requested", rid: "run-aa11" });
    expect(inShort(onlyCascade({ chat: [stop, ...left("run-bb22")], model }))).toBe("chat disconnect strong -> model");
  });

  it("ends the request whose id it has", () => {
    const stop = json(20, { message: "stop requested", rid: "run-bb22" });
    expect(inShort(onlyCascade({ chat: [stop, ...left("run-bb22")], model }))).toBe("chat cancel strong -> model");
  });

  it("did nothing where it was turned away", () => {
    const asked = (status: number): string[] => [
      `10.0.0.9 - - [27/Nov/2026:06:57:00 +0000] "POST /v1/player/stop HTTP/1.1" ${status} 7 "-" "curl/7.88"`,
      ...left("run-bb22"),
    ];
    expect(diagnoseLogs({ chat: asked(404) }).cascades.map(({ origin }) => origin.intent)).toEqual([undefined]);
    expect(diagnoseLogs({ chat: asked(202) }).cascades.map(({ origin }) => origin.intent)).toEqual(["stop"]);
  });

  it("is the doing of the service that was asked, not of those that only heard that their caller had left", () => {
    const studio = [json(0, { message: "Stop button pressed in session s=99" })];
    const heard = [json(50, { message: "connection closed by peer, stopping decode" })];
    expect(inShort(onlyCascade({ studio, tokens: heard }))).toBe("studio cancel strong -> tokens");
  });
});

describe("a WebSocket that its browser leaves", () => {
  const closed = json(0, { message: "ws-1 closed code=1001 reason=page unload" });

  it("ends the answer that was under way on it", () => {
    const failed = json(5, { message: "ws-1 answer failed: AbortError: This operation was aborted" });
    expect(inShort(onlyCascade({ gate: [closed, failed] }))).toBe("gate disconnect strong -> ");
  });

  it("ends nothing where none was", () => {
    expect(diagnoseLogs({ gate: [closed] }).cascades).toEqual([]);
  });
});

describe("lines without a time", () => {
  const model = (word: string): string[] => [
    python(0, "request 0598b18743d6 accepted"),
    `INFO:     ${word}`,
    python(2_400, "request 0598b18743d6: generation cancelled after 71 tokens"),
  ];
  const web = [json(2_410, { message: "upstream stream error: aborted", rid: "0598b18743d6" })];

  it("stand between their neighbours: a process that says that it stops, and then that its stream ended", () => {
    expect(inShort(onlyCascade({ model: model("Shutting down"), web }))).toBe("model shutdown strong -> web");
  });

  it("stop nothing that ended above them", () => {
    const [accepted = "", said = "", ended = ""] = model("Shutting down");
    const { origin } = onlyCascade({ model: [accepted, ended, said], web });
    expect(origin.kind).not.toBe("shutdown");
  });

  it("say that a process ended its streams after it was told to stop, where those above write whole seconds", () => {
    const stopping = [
      json(550, { msg: "received terminated, draining" }),
      json(1_252, { msg: "stream ended", err: "context canceled" }),
    ];
    const coarse = (ms: number): string[] => [
      JSON.stringify({
        time: new Date(START + ms).toISOString().replace(/\.\d+/, ""),
        msg: "turn failed: upstream connection lost",
        upstream: "model",
      }),
    ];
    expect(inShort(onlyCascade({ model: stopping, web: coarse(1_260) }))).toBe("model shutdown strong -> web");
  });
});
