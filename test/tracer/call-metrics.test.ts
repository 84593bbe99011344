import { createNoopMeter, type Meter } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { BusinessError, createClient, createServer, memoryTransport } from "../../src/runtime/index.ts";
import { CallMetrics } from "../../src/tracer/call-metrics.ts";
import { Chat, Response, request } from "../support/chat.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { type Point, Traced, until } from "./traced.ts";

/** A clock whose wall goes back an hour each time it is asked. */
class Backwards extends FakeClock {
  #hours = 0n;

  override wall(): bigint {
    this.#hours += 1n;
    return super.wall() - this.#hours * 3_600_000_000_000n;
  }
}

/** A service that echoes, and throws a business error with the number it is asked for. */
async function up() {
  const transport = memoryTransport();
  const clock = new Backwards();
  const stack = new AsyncDisposableStack();
  const server = stack.use(createServer({ name: "ServiceB", transport, log: null, clock }));
  server.add(Chat, {
    unary({ message, count }) {
      if (count > 0n) throw new BusinessError(Number(count), "no");
      return Response.create({ message });
    },
    async *bidiStream(requests) {
      for await (const { message } of requests) yield Response.create({ message });
    },
  });
  const { address } = await server.listen();
  const client = stack.use(createClient(Chat, { target: address, transport, name: "ServiceA", clock }));
  return { client, server, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const counts = (points: readonly Point[]) =>
  points.map(({ attributes, value }) => [attributes, (value as { readonly count: number }).count]);

const CALL = { "rpc.system.name": "kitex", "rpc.method": "ChatService/Unary" };

describe("calls that have ended", () => {
  it("are counted at both sides, with their time, by method and error", async () => {
    await using traced = new Traced();
    await using both = await up();
    await both.client.unary(request("hi"));
    await both.client.unary(request("hi"));
    await both.client.unary(request("hi", { count: 404n })).catch(() => {});
    const cancelled = both.client.unary(request("hi"));
    cancelled.cancel();
    await cancelled.catch(() => {});
    await until(() => both.server.callCount === 0);
    const well = [CALL, 2];
    const failed = [{ ...CALL, "rpc.status_code": "404", "error.type": "404" }, 1];
    expect(counts(await traced.points("rpc.server.call.duration"))).toEqual([well, failed]);
    // Somebody meant it: a code, and no error.
    const meant = [{ ...CALL, "rpc.status_code": "12007" }, 1];
    expect(counts(await traced.points("rpc.client.call.duration"))).toEqual([well, failed, meant]);
  });

  it("have a time that is right though the wall clock goes back", async () => {
    await using traced = new Traced();
    await using both = await up();
    await both.client.unary(request("hi"));
    const [point] = await traced.points("rpc.client.call.duration");
    const { sum } = (point as Point).value as { readonly sum: number };
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThan(60);
  });

  it("have a hundred codes; further ones, which peers may make up, are _OTHER", async () => {
    await using traced = new Traced();
    await using both = await up();
    for (let count = 1n; count <= 103n; count += 1n) await both.client.unary(request("x", { count })).catch(() => {});
    const points = await traced.points("rpc.client.call.duration");
    expect(points).toHaveLength(101);
    expect(counts(points).at(-1)).toEqual([{ ...CALL, "rpc.status_code": "_OTHER", "error.type": "_OTHER" }, 3]);
  });
});

describe("a meter that is given up", () => {
  it("asks for nothing any more", () => {
    const asking: Record<string, Set<unknown>> = { old: new Set(), new: new Set() };
    const meter = (callbacks: Set<unknown> | undefined): Meter => ({
      ...createNoopMeter(),
      createHistogram: () => createNoopMeter().createHistogram(""),
      createObservableUpDownCounter: () => ({
        addCallback: (callback) => void callbacks?.add(callback),
        removeCallback: (callback) => void callbacks?.delete(callback),
      }),
    });
    const metrics = new CallMetrics(meter(asking["old"]));
    expect(asking["old"]?.size).toBe(8);
    metrics.moveTo(meter(asking["new"]));
    expect([asking["old"]?.size, asking["new"]?.size]).toEqual([0, 8]);
  });
});

describe("calls that run", () => {
  it("are counted at both sides while they do, also where the meter is another one meanwhile", async () => {
    await using traced = new Traced();
    await using other = new Traced({ enabled: false });
    await using both = await up();
    const call = both.client.bidiStream();
    await call.send(request("x"));
    await call.next();
    const active = async (from: Traced) =>
      (await Promise.all(["server", "client"].map((side) => from.points(`streamscope.${side}.active_calls`)))).map(
        (points) => points.map(({ value, attributes }) => [attributes["rpc.method"], value]),
      );
    const one = [["ChatService/BidiStream", 1]];
    expect(await active(traced)).toEqual([one, one]);
    traced.instrumentation.setMeterProvider(other.meterProvider);
    expect(await active(other)).toEqual([one, one]);
    await call.closeSend();
    for await (const _ of call);
    await until(() => both.server.callCount === 0);
    const none = [["ChatService/BidiStream", 0]];
    expect(await active(other)).toEqual([none, none]);
  });

  it("have connections, and bytes that wait on them", async () => {
    await using traced = new Traced();
    await using both = await up();
    const value = async (name: string) => (await traced.points(`streamscope.${name}`)).map((point) => point.value);
    expect(await value("server.connections")).toEqual([0]);
    const call = both.client.bidiStream();
    await call.send(request("x"));
    await call.send(request("y"));
    await call.next();
    await until(() => call.info.received === 2);
    expect([await value("server.connections"), await value("client.connections")]).toEqual([[1], [1]]);
    expect((await value("client.unread_bytes"))[0]).toBeGreaterThan(0);
    expect(await value("server.unread_bytes")).not.toEqual([]);
    expect([await value("server.queued_bytes"), await value("client.queued_bytes")]).toEqual([[0], [0]]);
    call.cancel();
  });
});
