/**
 * Spans of gRPC calls and their cancels: by this package alone, and beside the spans of OpenTelemetry's own instrumentation of grpc-js.
 */
import { createRequire } from "node:module";
import { propagation } from "@opentelemetry/api";
import { GrpcInstrumentation } from "@opentelemetry/instrumentation-grpc";
import { describe, expect, it } from "vitest";
import { w3cPropagator } from "../../src/tracer/w3c.ts";
import { ChatClient, ChatServer, endOf, relay } from "../support/grpc-chain.ts";
import { type SeenSpan, type Traced, tracedEach } from "../tracer/traced.ts";

/** Patches grpc-js as its hook of modules would, and takes that back. */
function plainInstrumentation(traced: Traced): Disposable {
  const instrumentation = new GrpcInstrumentation();
  instrumentation.setTracerProvider(traced.provider);
  const [grpc] = instrumentation.getModuleDefinitions();
  const module: unknown = createRequire(import.meta.url)("@grpc/grpc-js");
  grpc?.patch?.(module as never, "1.14.7");
  propagation.setGlobalPropagator(w3cPropagator);
  return {
    [Symbol.dispose]() {
      grpc?.unpatch?.(module as never, "1.14.7");
      propagation.disable();
    },
  };
}

/** A cancel that goes from ServiceA through ServiceB to ServiceC; all spans of it. */
async function cancelChain(traced: Traced, writes = true): Promise<readonly SeenSpan[]> {
  using stack = new DisposableStack();
  const atLeaf = Promise.withResolvers<void>();
  const c = stack.use(
    await new ChatServer("ServiceC", (call, scope) => {
      scope.signal.addEventListener("abort", () => atLeaf.resolve());
      if (writes) call.write({ text: "first" });
    }).listen(),
  );
  const toC = stack.use(new ChatClient(c.address));
  const b = stack.use(await new ChatServer("ServiceB", relay(toC)).listen());
  const a = stack.use(new ChatClient(b.address, "ServiceA"));
  const call = a.generate("hi");
  call.once("data", () => call.cancel());
  await endOf(call);
  await atLeaf.promise;
  await expect.poll(() => traced.spans.length).toBe(8);
  return traced.spans;
}

/** `name of the span < name of its parent`, with the service where the span says it. */
function lines(spans: readonly SeenSpan[]): string[] {
  const byId = new Map(spans.map((span) => [span.context.spanId, span]));
  const title = (span: SeenSpan | undefined): string =>
    span === undefined ? "" : `${span.kind} ${span.name}${cancelPart(span)}`;
  return spans.map((span) => `${title(span)} < ${title(byId.get(span.parent?.spanId ?? ""))}`).sort();
}

function cancelPart({ attributes }: SeenSpan): string {
  const side = attributes["streamscope.cancel.side"];
  if (side === undefined) return "";
  return ` ${attributes["streamscope.service.name"]} ${side} ${attributes["streamscope.cancel.role"]}`;
}

describe("spans of a cancelled chain over gRPC", () => {
  const each = tracedEach();

  it("are one for each side of each call and each cancel", async () => {
    const spans = await cancelChain(each.traced);
    expect(lines(spans)).toEqual([
      "CLIENT chat.Chat/Generate < ",
      "CLIENT chat.Chat/Generate < SERVER chat.Chat/Generate",
      "INTERNAL cancel chat.Chat/Generate ServiceA client origin < CLIENT chat.Chat/Generate",
      "INTERNAL cancel chat.Chat/Generate ServiceB client relay < CLIENT chat.Chat/Generate",
      "INTERNAL cancel chat.Chat/Generate ServiceB server relay < SERVER chat.Chat/Generate",
      "INTERNAL cancel chat.Chat/Generate ServiceC server leaf < SERVER chat.Chat/Generate",
      "SERVER chat.Chat/Generate < CLIENT chat.Chat/Generate",
      "SERVER chat.Chat/Generate < CLIENT chat.Chat/Generate",
    ]);
    expect(new Set(spans.map(({ context }) => context.traceId)).size).toBe(1);
    expect(spans.every(({ attributes }) => attributes["rpc.system.name"] === "grpc")).toBe(true);
  });

  it("leave the calls' own spans to the instrumentation of grpc-js", async () => {
    using _ = plainInstrumentation(each.traced);
    const spans = await cancelChain(each.traced);
    expect(lines(spans)).toEqual([
      "CLIENT grpc.chat.Chat/Generate < ",
      "CLIENT grpc.chat.Chat/Generate < SERVER grpc.chat.Chat/Generate",
      "INTERNAL cancel chat.Chat/Generate ServiceA client origin < CLIENT grpc.chat.Chat/Generate",
      "INTERNAL cancel chat.Chat/Generate ServiceB client relay < CLIENT grpc.chat.Chat/Generate",
      "INTERNAL cancel chat.Chat/Generate ServiceB server relay < SERVER grpc.chat.Chat/Generate",
      "INTERNAL cancel chat.Chat/Generate ServiceC server leaf < SERVER grpc.chat.Chat/Generate",
      "SERVER grpc.chat.Chat/Generate < CLIENT grpc.chat.Chat/Generate",
      "SERVER grpc.chat.Chat/Generate < CLIENT grpc.chat.Chat/Generate",
    ]);
    expect(new Set(spans.map(({ context }) => context.traceId)).size).toBe(1);
  });
});
