import { describe, expect, it } from "vitest";
import { Example } from "./example.ts";

const SENTENCE =
  "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively";

describe("the two services of Kitex's guide", () => {
  it("ServiceA cancels at a special response; ServiceB is told who did, in Kitex's words", async () => {
    await using b = new Example("guide/service-b.ts", "0");
    await using a = new Example("guide/service-a.ts", await b.address());
    const another = [1, 2, 3, 4].map((seq) => `${seq} and another thing\n`).join("");
    expect(await a.end()).toEqual({
      code: 0,
      text: `${another}5 that is all I know\nServiceA: [ttstream error, code=12007] [client-side stream] ${SENTENCE}\n`,
    });
    const said = await b.says(/^ServiceB: (.*)$/m);
    expect(said[1]).toBe(`[ttstream error, code=12007] [server-side stream] [canceled path: ServiceA] ${SENTENCE}`);
    b.stop();
    expect((await b.end()).code).toBe(0);
  });
});
