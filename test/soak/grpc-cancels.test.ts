import { Server } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { scopedClient, scopedServer } from "../../src/grpc/index.ts";
import { flood, HEALTHY } from "../support/grpc-flood.ts";

const QUICK = 100_000;

describe("100,000 quick cancels of gRPC calls", () => {
  it("hurt none of 10 healthy streams on the same session of a scoped server", async () => {
    expect(await flood(scopedServer(new Server(), { name: "model" }), {}, QUICK)).toBe(HEALTHY);
  });

  it("hurt none of 10 healthy streams of a scoped client, whoever its server is", async () => {
    expect(await flood(new Server(), scopedClient({ name: "gateway" }), QUICK)).toBe(HEALTHY);
  });
});
