import { Server } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { connectClient, connectServer } from "../../src/grpc/connect.ts";
import { clientInterceptor, scopedClient, scopedServer, serverInterceptor } from "../../src/grpc/index.ts";

describe("an option that there is not", () => {
  it.each<[string, (options: object) => unknown]>([
    ["clientInterceptor", clientInterceptor],
    ["scopedClient", scopedClient],
    ["serverInterceptor", serverInterceptor],
    ["scopedServer", (options) => scopedServer(new Server(), options)],
    ["connectClient", connectClient],
    ["connectServer", connectServer],
  ])("is refused by %s, which names what was meant", (_, make) => {
    expect(() => make({ nam: "chat" })).toThrow(new TypeError("nam: there is no such option, name is meant?"));
    expect(() => make({ name: undefined })).not.toThrow();
    expect(() => make({ name: "chat" })).not.toThrow();
  });
});
