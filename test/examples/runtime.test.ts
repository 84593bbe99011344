import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { generate } from "../../src/thriftgen/generate.ts";
import { resolveProgram } from "../../src/thriftgen/resolve.ts";
import { Example } from "./example.ts";

const folder = join(import.meta.dirname, "../../examples/runtime");

describe("the examples of the runtime", () => {
  it("a client, a relay and a model: the whole chain stops, and all know who stopped it", async () => {
    await using model = new Example("runtime/model.ts", "0");
    await using relay = new Example("runtime/relay.ts", "0", await model.address());
    await using client = new Example("runtime/client.ts", await relay.address());
    expect(await client.end()).toEqual({
      code: 0,
      text: [
        "chat:hi#0",
        "chat:hi#1",
        "chat:hi#2",
        "gateway: the whole answer",
        ...[0, 1, 2, 3, 4].map((index) => `chat:on and on#${index}`),
        "gateway: [ttstream error, code=12008] [client-side stream] the user closed the tab",
        "BOTH WAYS",
        "",
      ].join("\n"),
    });
    await relay.says(/^chat: gateway stopped it: .*\[canceled path: gateway\] the user closed the tab$/m);
    await model.says(/^model: gateway stopped it: .*\[canceled path: gateway -> chat\] the user closed the tab$/m);
    relay.stop();
    model.stop();
    expect([(await relay.end()).code, (await model.end()).code]).toEqual([0, 0]);
  });

  it("codecs of one's own carry JSON and protobuf", async () => {
    await using codecs = new Example("runtime/codecs.ts");
    expect(await codecs.end()).toEqual({ code: 0, text: "3 s\n2 s\n1 s\n0 s\n" });
  });

  it("use the module that `streamscope thrift` makes of their IDL", () => {
    const program = resolveProgram(join(folder, "chat.thrift"), (file) => readFileSync(file, "utf8"));
    expect(readFileSync(join(folder, "chat.ts"), "utf8")).toBe(generate(program, "chat.thrift"));
  });
});
