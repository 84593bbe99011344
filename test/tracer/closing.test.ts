/** Who is told as the origin where a server or a client closes under its calls, out of the spans that the runtime itself makes of it. */
import { describe, expect, it } from "vitest";
import { createGrpcClient, createGrpcServer } from "../../src/grpc/index.ts";
import { protobufService } from "../../src/grpc/protobuf-es.ts";
import { createClient, createServer, memoryTransport } from "../../src/runtime/index.ts";
import { Chat, Response, request } from "../support/chat.ts";
import { cascadesOf } from "../support/diagnose.ts";
import { Model } from "../support/model/model_pb.ts";
import { otlpOf } from "../support/otlp-of-spans.ts";
import { tracedEach, until } from "./traced.ts";

/** What can be closed of a pair of services with a stream between them. */
interface Side {
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

interface Pair {
  readonly stream: AsyncIterableIterator<unknown, undefined>;
  readonly ServiceA: Side;
  readonly ServiceB: Side;
}

async function overTtheader(): Promise<Pair> {
  const transport = memoryTransport();
  const ServiceB = createServer({ name: "ServiceB", transport, log: null });
  ServiceB.add(Chat, {
    async *serverStream(_, call) {
      yield Response.create();
      await new Promise((resolve) => call.signal.addEventListener("abort", resolve));
    },
  });
  const { address } = await ServiceB.listen();
  const ServiceA = createClient(Chat, { target: address, transport, name: "ServiceA" });
  return { stream: ServiceA.serverStream(request("hi")), ServiceA, ServiceB };
}

async function overGrpc(): Promise<Pair> {
  const service = protobufService(Model);
  const ServiceB = createGrpcServer({ name: "ServiceB" }).add(service, {
    async *generate(_, call) {
      yield { text: "first" };
      await new Promise((resolve) => call.signal.addEventListener("abort", resolve));
    },
  });
  const { address } = await ServiceB.listen({ host: "127.0.0.1", port: 0 });
  const ServiceA = createGrpcClient(service, { target: address, name: "ServiceA" });
  return { stream: ServiceA.generate({}), ServiceA, ServiceB };
}

describe("the side that closes is the origin", () => {
  const each = tracedEach();

  it.each([
    ["TTHeader", overTtheader],
    ["gRPC", overGrpc],
  ] as const)("over %s", async (_, make) => {
    for (const who of ["ServiceA", "ServiceB"] as const) {
      each.traced.exporter.reset();
      const pair = await make();
      await pair.stream.next();
      const ended = pair.stream.next().catch(() => {});
      await pair[who].close({ graceMs: 0 });
      await ended;
      await until(() => each.traced.spans.filter(({ name }) => !name.startsWith("cancel")).length === 2);
      await pair.ServiceA.close();
      await pair.ServiceB.close({ graceMs: 0 });
      const cascades = await cascadesOf(otlpOf(each.traced.exporter.getFinishedSpans()), "spans.otlp.jsonl");
      expect(cascades.map(({ origin }) => [origin.service, origin.external ?? null])).toEqual([[who, null]]);
      expect(["proven", "strong"]).toContain(cascades[0]?.origin.confidence);
      expect(cascades[0]?.origin.kind).toBe(who === "ServiceA" && make === overGrpc ? "cancel" : "shutdown");
      expect(cascades[0]?.falseOrigins).toEqual([]);
    }
  });
});
