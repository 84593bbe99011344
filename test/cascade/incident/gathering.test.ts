/** Which lines are about one cancel: ids join and separate them, also where a line has none or calls it by another name. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCascadeStore } from "../../../src/cascade/index.ts";
import { diagnoseLogs, inShort, readLog } from "../../support/told.ts";

const START = 1_795_762_620_000;

const json = (ms: number, fields: object): string =>
  JSON.stringify({ time: new Date(START + ms).toISOString(), ...fields });
const python = (ms: number, text: string): string =>
  `${new Date(START + ms).toISOString().slice(0, 23).replace("T", " ").replace(".", ",")} INFO engine: ${text}`;
const nginx = (second: number): string =>
  `2026/11/27 06:57:0${second} [info] 7#7: *14 epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too while reading upstream, client: 127.0.0.1, server: , request: "GET /chat HTTP/1.1", upstream: "http://127.0.0.1:9002/chat", host: "127.0.0.1:9001"`;
const TIMED_OUT = "context deadline exceeded (Client.Timeout or context cancellation while reading body)";

function told(logs: Readonly<Record<string, readonly string[]>>): string[] {
  return diagnoseLogs(logs).cascades.map(inShort).sort();
}

describe("two requests that end in one second for two reasons", () => {
  const logs = {
    nginx: [nginx(2)],
    edge: [
      json(0, { name: "edge", msg: "Server listening at http://127.0.0.1:9002" }),
      json(500, { reqId: "chat-1044", msg: "incoming request" }),
      json(2_170, { reqId: "chat-1044", level: "warn", msg: "client disconnected" }),
    ],
    jobs: [
      json(600, { request_id: "job-31", msg: "handling chat" }),
      json(2_318, { request_id: "job-31", level: "error", msg: "reading upstream body", err: TIMED_OUT }),
    ],
    engine: [
      python(510, "request chat-1044 accepted"),
      python(610, "request job-31 accepted"),
      python(2_172, "request chat-1044: generation cancelled after 46 tokens"),
      python(2_319, "request job-31: generation cancelled after 52 tokens"),
    ],
  };

  it("are two cancels, and a line without an id is about the one that it has to do with", () => {
    expect(told(logs)).toEqual(["jobs deadline strong -> engine", "nginx disconnect strong -> edge, engine"]);
  });

  it("are two cancels whatever the order in which the lines come", () => {
    const evidence = Object.entries(logs).flatMap(([service, events]) => readLog(service, events));
    const expected = diagnoseLogs(logs).cascades;
    fc.assert(
      fc.property(fc.shuffledSubarray(evidence, { minLength: evidence.length }), (shuffled) => {
        const store = createCascadeStore();
        for (const each of shuffled) store.add(each);
        store.finish();
        expect(store.diagnose().cascades).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});

describe("ids", () => {
  const left = (ms: number, fields: object): string =>
    json(ms, { level: "warn", msg: "client disconnected", ...fields });

  it("that each service gives by itself do not tear one cancel apart", () => {
    const logs = {
      nginx: [nginx(2)],
      edge: [json(0, { msg: "Server listening at http://127.0.0.1:9002" }), left(2_170, { request_id: "e-77f1" })],
      engine: [python(2_172, "request g-4410: generation cancelled after 46 tokens")],
    };
    const services = diagnoseLogs(logs).cascades.flatMap(({ origin, reached }) => [
      origin.service,
      ...reached.map(({ service }) => service),
    ]);
    expect(diagnoseLogs(logs).cascades).toHaveLength(1);
    expect(services.sort()).toEqual(["edge", "engine", "nginx"]);
  });

  it("are one kind where two services call a value by different names, so that other values of it are other requests", () => {
    const begun = {
      edge: [json(0, { run: "run-80", msg: "begun" })],
      engine: [json(1, { job: "run-80", msg: "begun" })],
    };
    const ended = { edge: [left(2_000, { run: "run-81" })], engine: [left(2_100, { job: "run-82" })] };
    expect(told(ended)).toHaveLength(1);
    expect(told({ edge: [...begun.edge, ...ended.edge], engine: [...begun.engine, ...ended.engine] })).toHaveLength(2);
  });

  it("are found in words that do not name them, if another line does", () => {
    const edge = [left(2_000, { run: "r41" }), left(2_010, { run: "r42" })];
    const engine = [python(2_005, "generation r42 cancelled at token 7"), python(2_012, "generation r41 cancelled")];
    // Two alike are told once, with the lines of the first
    const [only, ...others] = diagnoseLogs({ edge, engine }).cascades;
    expect(others).toEqual([]);
    expect(only?.count).toBe(2);
    expect(only?.evidence.map(({ text }) => /r4\d/.exec(text)?.[0])).toEqual(["r41", "r41"]);
  });

  it("are not found in words that hold two of them", () => {
    const edge = [left(2_000, { run: "r41" }), left(2_010, { run: "r42" })];
    const both = diagnoseLogs({ edge, engine: [python(2_005, "generations r41 and r42 cancelled")] }).cascades;
    expect(both).toHaveLength(2);
  });
});

describe("a stop", () => {
  const POST = json(1_900, { msg: "request", method: "POST", url: "/runs/r41/stop", status: 202 });
  const left = (run: string): string => json(2_100, { run, level: "warn", msg: "client closed the connection" });
  const begun = (run: string): string => json(100, { run, msg: "run created" });
  const engine = (run: string): string[] => [python(2_105, `generation ${run} cancelled at token 7`)];

  it("of a run that only its path names ends that run", () => {
    const edge = [begun("r41"), begun("r42"), POST, left("r41")];
    expect(told({ edge, engine: engine("r41") })).toEqual(["edge cancel strong -> engine"]);
  });

  it("of a run that only its path names is not the end of another one", () => {
    const edge = [begun("r41"), begun("r42"), POST, left("r42")];
    expect(told({ edge, engine: engine("r42") })).toEqual(["edge disconnect strong -> engine"]);
  });
});

describe("a count that each process keeps of its requests", () => {
  const pino = (ms: number, reqId: string, fields: object): string =>
    JSON.stringify({ level: 40, time: START + ms, pid: 1, hostname: "h", name: "edge", reqId, ...fields });
  const timer = { err: { name: "TimeoutError", message: "The operation was aborted due to timeout" } };
  const left = { msg: "client disconnected" };

  it("tells two requests of one service apart", () => {
    const edge = [pino(2_000, "req-1", left), pino(2_300, "req-2", timer)];
    expect(told({ edge })).toEqual(["edge deadline strong -> ", "edge disconnect strong -> "]);
  });

  it("leaves to each what was written right with it", () => {
    const edge = [pino(2_000, "req-1", left), pino(2_300, "req-2", timer)];
    const model = [2_004, 2_304].map((ms) => json(ms, { level: "warn", msg: "client disconnected" }));
    expect(told({ edge, model })).toEqual(["edge deadline strong -> model", "edge disconnect weak -> model"]);
  });

  it("joins the lines of one", () => {
    const edge = [pino(2_000, "req-1", timer), pino(2_300, "req-1", left)];
    expect(told({ edge })).toEqual(["edge deadline strong -> "]);
  });

  it("means nothing to other services, whatever they count", () => {
    const model = (count: string): string => json(2_004, { req: count, level: "warn", msg: "client disconnected" });
    for (const count of ["req-1", "req-7"])
      expect(told({ edge: [pino(2_000, "req-1", timer)], model: [model(count)] })).toEqual([
        "edge deadline strong -> model",
      ]);
  });

  it("of the request that asked for a stop is not that of the stopped one", () => {
    const edge = [
      pino(1_900, "req-2", { msg: "incoming request", req: { method: "POST", url: "/chat/stop" } }),
      pino(1_950, "req-1", { msg: "aborting the stream" }),
    ];
    expect(told({ edge })).toEqual(["edge cancel strong -> "]);
  });
});
