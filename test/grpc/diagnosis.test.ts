/**
 * Who ended a chain of gRPC calls, as the diagnosis reads it out of the chain's own spans, and out of its logs.
 */
import { describe, expect, it } from "vitest";
import type { Cascade } from "../../src/model/index.ts";
import { cascadesOf } from "../support/diagnose.ts";
import { ChatClient, ChatServer, endOf, type Generate, type Word } from "../support/grpc-chain.ts";
import { otlpOf } from "../support/otlp-of-spans.ts";
import { tracedEach, until } from "../tracer/traced.ts";

/** Who did it, and who was stopped by whom. */
function story(cascades: readonly Cascade[]): unknown {
  return cascades.map(({ origin, reached, falseOrigins }) => ({
    origin: `${origin.service} ${origin.kind} ${origin.confidence}`,
    reached: reached.map(({ service, via }) => `${via} -> ${service}`).sort(),
    falseOrigins: falseOrigins.map(({ service }) => service),
  }));
}

/** A line of a service's log. */
interface LogLine {
  readonly time: string;
  readonly service: string;
  readonly level: string;
  readonly msg: string;
}

const NAMES = ["ServiceA", "ServiceB", "ServiceC", "ServiceD"];

/** ServiceA to ServiceD, one of which ends its call below as soon as the first answer has come through. */
async function play(who: string, timeoutMs?: number): Promise<{ readonly log: readonly LogLine[] }> {
  using stack = new DisposableStack();
  const log: LogLine[] = [];
  const say = (service: string, msg: string) =>
    log.push({ time: new Date().toISOString(), service, level: "error", msg });
  const atLeaf = Promise.withResolvers<void>();
  const leaf = stack.use(
    await new ChatServer("ServiceD", (call, scope) => {
      scope.signal.addEventListener("abort", () => {
        say("ServiceD", `handler: ${scope.exception?.message}`);
        atLeaf.resolve();
      });
      call.write({ text: "first" });
    }).listen(),
  );
  let next = leaf.address;
  for (const name of ["ServiceC", "ServiceB"]) {
    const below = stack.use(new ChatClient(next));
    const handler: Generate = (call, scope) => {
      scope.signal.addEventListener("abort", () => say(name, `handler: ${scope.exception?.message}`));
      const stream = below.generate(call.request.text);
      stream.on("data", (word: Word) => {
        call.write(word);
        if (who === name) stream.cancel();
      });
      stream.on("error", (error) => {
        say(name, `generate: ${error.message}`);
        call.emit("error", error);
      });
    };
    next = stack.use(await new ChatServer(name, handler).listen()).address;
  }
  const call = stack.use(new ChatClient(next, "ServiceA")).generate("hi", timeoutMs);
  if (who === "ServiceA") call.once("data", () => call.cancel());
  const error = await endOf(call);
  say("ServiceA", `generate: ${error?.message}`);
  await atLeaf.promise;
  return { log };
}

function reachedFrom(origin: string): string[] {
  const path = NAMES.slice(NAMES.indexOf(origin));
  return path.slice(1).map((name, index) => `${path[index]} -> ${name}`);
}

describe("a chain of four services over gRPC", () => {
  const each = tracedEach();

  it.each([
    { who: "ServiceA", kind: "cancel" },
    { who: "ServiceB", kind: "cancel" },
    { who: "ServiceC", kind: "cancel" },
    { who: "ServiceA", kind: "deadline", timeoutMs: 300 },
  ])("that $who ends ($kind) is one cascade from there", async ({ who, kind, timeoutMs }) => {
    const { log } = await play(timeoutMs === undefined ? who : "", timeoutMs);
    // Three calls with a span at each end, and two spans of the cancel for each call it went over.
    await until(() => each.traced.spans.length === 6 + 2 * reachedFrom(who).length);
    const truth = { origin: `${who} ${kind} proven`, reached: reachedFrom(who), falseOrigins: [] };
    expect(story(await cascadesOf(otlpOf(each.traced.exporter.getFinishedSpans()), "spans.otlp.jsonl"))).toEqual([
      truth,
    ]);
    const lines = log.map((line) => `${JSON.stringify(line)}\n`).join("");
    expect(story(await cascadesOf(lines, "services.log"))).toEqual([truth]);
  });
});
