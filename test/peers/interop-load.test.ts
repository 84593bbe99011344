/** Many streams at once between a Kitex peer and ours: nobody is hurt by the cancels of others. */
import { describe, expect, it } from "vitest";
import { type Make, ProcessChain, within } from "../interop/chain.ts";
import { kitexPeer, type PeerLine } from "../support/kitex.ts";

const PAIRS: readonly (readonly [Make, Make])[] = [
  ["K", "O"],
  ["O", "K"],
  ["O", "O"],
];

/** How often each code ended a stream. */
function codes(lines: readonly PeerLine[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { event, code } of lines) {
    if (event === "stream_error") counts[String(code)] = (counts[String(code)] ?? 0) + 1;
  }
  return counts;
}

const healthy = ({ chain = "" }: PeerLine) => chain.startsWith("healthy-");

describe.skipIf(kitexPeer() === null)("many streams at once", () => {
  it("a Kitex client that cancels before the first response hurts no healthy stream", async () => {
    await using chain = await ProcessChain.start([{ name: "ServiceB", make: "O", flags: ["--quiet"] }]);
    const caller = chain.call("K", [
      ...["--mix", "4", "--parallel", "8", "--repeat", "250", "--cancel-after", "30ms", "--interval-us", "5000"],
      ...["--quiet", "--message", "hi ServiceB:sleep=60ms"],
    ]);
    await within(120_000, "all calls end", caller.done);
    expect(codes(caller.lines.filter((each) => !healthy(each)))).toEqual({ 12007: 2000 });
    expect(caller.lines.filter((each) => healthy(each) && each.event === "stream_open")).toHaveLength(4);
    const wrong = caller.lines.filter((each) => healthy(each) && each.code !== undefined && each.code !== 12007);
    expect(wrong).toEqual([]);
    // The healthy ones go on until the caller leaves, and their connection with it.
    const lost = chain.services.get("ServiceB")?.lines.filter((each) => each.code === 12013) ?? [];
    expect(lost.filter((each) => !healthy(each))).toEqual([]);
  });

  it.each(PAIRS)("1,000 concurrent streams from %s to %s end well", async (client, server) => {
    await using chain = await ProcessChain.start([{ name: "ServiceB", make: server, flags: ["--quiet"] }]);
    const caller = chain.call(client, [
      ...["--parallel", "1000", "--method", "BidiStream", "--requests", "10", "--count", "1", "--ping-pong"],
      ...["--payload", "100", "--quiet"],
    ]);
    await within(120_000, "all calls end", caller.done);
    const ends = caller.lines.filter((each) => each.event === "stream_end");
    expect(ends).toHaveLength(1000);
    expect(new Set(ends.map((each) => each.count))).toEqual(new Set([10]));
    expect(codes(caller.lines)).toEqual({});
  });

  it.each(PAIRS)("1,000 concurrent streams from %s to %s are all cancelled", async (client, server) => {
    await using chain = await ProcessChain.start([{ name: "ServiceB", make: server, flags: ["--quiet"] }]);
    const caller = chain.call(client, [
      ...["--parallel", "1000", "--interval-us", "100000", "--cancel-after", "3", "--linger", "500ms", "--quiet"],
    ]);
    await within(120_000, "all calls end", caller.done);
    expect(codes(caller.lines)).toEqual({ 12007: 1000 });
    const done = chain.services.get("ServiceB")?.lines.filter((each) => each.event === "ctx_done") ?? [];
    expect(done).toHaveLength(1000);
    expect(new Set(done.map((each) => each.error))).toEqual(
      new Set([
        "[ttstream error, code=12007] [server-side stream] [canceled path: ServiceA] user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively",
      ]),
    );
  });
});
