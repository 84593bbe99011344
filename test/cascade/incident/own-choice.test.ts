/** A service that ends what it had called because it needs no more of it. */
import { describe, expect, it } from "vitest";
import { diagnoseLogs, inShort, onlyCascade } from "../../support/told.ts";

const START = Date.UTC(2026, 10, 27, 6, 57, 0);
const json = (ms: number, fields: object): string =>
  JSON.stringify({ timestamp: new Date(START + ms).toISOString(), ...fields });

const RUN = { request_id: "caa8aa6a9bf5" };
const started = json(0, { msg: "agent run started", ...RUN, upstream: "http://127.0.0.1:21091/generate" });
const model = (ms: number): string[] => [
  json(-900, { msg: "listening on 21091" }),
  json(ms, { msg: "generation cancelled after 18 tokens", ...RUN }),
];

describe("a service that says that it had enough", () => {
  it("ended what it had called, whoever stands above", () => {
    const agent = [started, json(600, { msg: "stop sequence matched after 18 chunks, closing model stream", ...RUN })];
    const portal = [json(-800, { msg: "listening", port: "21105" }), json(-5, { msg: "run requested" })];
    const cascade = onlyCascade({ portal, agent, model: model(601) });
    expect(inShort(cascade)).toBe("agent handler-return strong -> model");
    expect(cascade.origin.external).toBeUndefined();
  });

  it("cancelled it where its words say so", () => {
    const agent = [started, json(600, { msg: "enough tokens, cancelling the model call", ...RUN })];
    expect(inShort(onlyCascade({ agent, model: model(601) }))).toBe("agent cancel strong -> model");
    const spent = [started, json(600, { msg: "budget used up, cancelling", ...RUN })];
    expect(inShort(onlyCascade({ agent: spent, model: model(601) }))).toBe("agent cancel strong -> model");
  });

  it("may have ended what was cut right then, where nobody says who calls whom", () => {
    const agent = [
      json(-800, { msg: "listening", port: "21105" }),
      json(600, { msg: "enough tokens, leaving the loop" }),
    ];
    const bare = (ms: number): string[] => [
      json(-900, { msg: "listening" }),
      json(ms, { msg: "generation cancelled after 18 tokens" }),
    ];
    expect(inShort(onlyCascade({ agent, model: bare(601) }))).toBe("agent handler-return weak -> model");
    expect(onlyCascade({ agent, model: bare(500) }).origin.kind).not.toBe("handler-return");
  });

  it("is known from whom it called by the id of the request alone", () => {
    const agent = [json(600, { msg: "guardrail tripped", rule: "pii", ...RUN })];
    const [, cancelled = ""] = model(601);
    expect(inShort(onlyCascade({ agent, model: [cancelled] }))).toBe("agent handler-return strong -> model");
  });

  it("ended nothing that had ended before", () => {
    const agent = [started, json(600, { msg: "enough output collected", ...RUN })];
    expect(onlyCascade({ agent, model: model(300) }).origin.kind).not.toBe("handler-return");
  });

  it("did not end what its own caller had left before", () => {
    const agent = [
      started,
      json(595, { msg: "client closed the connection", ...RUN }),
      json(600, { msg: "stopping early", ...RUN }),
    ];
    expect(inShort(onlyCascade({ agent, model: model(601) }))).toBe("agent disconnect strong -> model");
  });

  it("cancelled nobody where nothing was cut", () => {
    expect(diagnoseLogs({ agent: [started, json(600, { msg: "enough output collected", ...RUN })] }).cascades).toEqual(
      [],
    );
  });
});

describe("a task that somebody outside revoked", () => {
  it("is ended by its worker, for them", () => {
    const worker = [
      "[2026-11-27 06:57:00,387: INFO/MainProcess] Task shop.answer[79a2536e-d8af-4efd-a7f2-1231ef037152] received",
      "[2026-11-27 06:57:01,917: INFO/MainProcess] Terminating 79a2536e-d8af-4efd-a7f2-1231ef037152 (15)",
    ];
    const cascade = onlyCascade({
      worker,
      model: [json(-900, { msg: "listening" }), json(1_935, { msg: "request aborted by the client" })],
    });
    expect(cascade.origin).toMatchObject({ service: "worker", kind: "cancel", external: "whoever revoked the task" });
  });
});
