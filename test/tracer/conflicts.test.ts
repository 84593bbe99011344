import { trace } from "@opentelemetry/api";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createClient, memoryTransport } from "../../src/runtime/index.ts";
import { StreamscopeInstrumentation } from "../../src/tracer/index.ts";
import { Chat, request } from "../support/chat.ts";

const API = Symbol.for("opentelemetry.js.api.1");
const shared = globalThis as { [API]?: unknown };

const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
beforeEach(() => warn.mockClear());
afterEach(() => {
  delete shared[API];
});

function warnings(): readonly string[] {
  return warn.mock.calls.map(([text]) => String(text));
}

/** Opens streams, which nobody answers, with an instrumentation that is enabled. */
async function openStreams(count: number): Promise<void> {
  const instrumentation = new StreamscopeInstrumentation();
  await using client = createClient(Chat, { target: "memory:none", transport: memoryTransport(), name: "ServiceA" });
  for (let i = 0; i < count; i += 1) await client.unary(request("x")).catch(() => {});
  instrumentation.disable();
}

describe("two instrumentations", () => {
  it("that are enabled at a time are told in one sentence, at the second", () => {
    const first = new StreamscopeInstrumentation();
    expect(warnings()).toEqual([]);
    const second = new StreamscopeInstrumentation();
    second.enable();
    expect(warnings()).toEqual([
      expect.stringMatching(/^2 instrumentations of streamscope are enabled, .* twice: .*\.$/),
    ]);
    for (const each of [first, second]) each.disable();
  });

  it("of which one is disabled are told nothing of", () => {
    const first = new StreamscopeInstrumentation();
    first.disable();
    first.disable();
    const second = new StreamscopeInstrumentation();
    second.disable();
    new StreamscopeInstrumentation({ enabled: false });
    expect(warnings()).toEqual([]);
  });
});

describe("a copy of @opentelemetry/api that cannot see the registered provider", () => {
  it("is told once, at the first stream, with the version that registered", async () => {
    shared[API] = { version: "1.9.0", trace: {} };
    await openStreams(2);
    expect(warnings()).toEqual([expect.stringContaining("tracing was started with version 1.9.0")]);
  });

  it("is not said of the copy that registered, nor where nobody did", async () => {
    await openStreams(1);
    trace.setGlobalTracerProvider(new TracerProvider({}));
    await openStreams(1);
    expect(warnings()).toEqual([]);
  });
});
