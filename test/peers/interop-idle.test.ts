/** How fast a cancel goes through four processes in which nobody sends and nobody receives. */
import { describe, expect, it } from "vitest";
import { line, ProcessChain, within } from "../interop/chain.ts";
import type { PeerLine } from "../support/kitex.ts";

const RUNS = 40;
const HOPS = ["ServiceB", "ServiceC", "ServiceD", "ServiceE"];

/** Milliseconds of a timestamp with nanoseconds, within its day. */
function millis(ts: string): number {
  const [hours, minutes, seconds] = ts.slice(11, -1).split(":").map(Number) as [number, number, number];
  return (hours * 60 + minutes) * 60_000 + seconds * 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

describe("a cancel of idle streams", () => {
  it("passes through four processes of ours within milliseconds", async () => {
    const plans = [...line("OOO"), { name: "ServiceE", make: "O" as const }].map((plan) =>
      plan.name === "ServiceD" ? { ...plan, next: ["ServiceE"] } : plan,
    );
    await using chain = await ProcessChain.start(plans);
    // Everybody passes one response on and then does nothing; the caller cancels when it has it.
    const idle = HOPS.map((name) => `${name}:idle=true`).join(" ");
    const caller = chain.call("O", [
      ...["--message", `hi ${idle}`, "--idle", "--repeat", String(RUNS)],
      ...["--cancel-after", "1", "--linger", "10ms"],
    ]);
    await within(60_000, "all calls end", caller.done);
    const cancels = caller.lines.filter((each) => each.event === "cancel_called");
    expect(cancels).toHaveLength(RUNS);
    const delays: number[][] = [];
    for (const { chain: id = "", ts } of cancels) {
      await chain.settled(id);
      const done = chain.lines(id).filter((each) => each.event === "ctx_done" && each.side === "server");
      expect(done.map((each) => each.service).sort()).toEqual(HOPS);
      const at = (name: string) => millis((done.find((each) => each.service === name) as PeerLine).ts) - millis(ts);
      delays.push(HOPS.map(at));
    }
    const last = delays.map((each) => each.at(-1) as number);
    const per = HOPS.map((_, index) => median(delays.map((each) => each[index] as number)).toFixed(2));
    process.stdout.write(
      `cancel through four processes of ours, ${RUNS} runs: median ${median(last).toFixed(2)} ms, ` +
        `max ${Math.max(...last).toFixed(2)} ms; medians per hop ${per.join(", ")} ms\n`,
    );
    expect(median(last)).toBeLessThan(1000);
    for (const hops of delays) expect([...hops].sort((a, b) => a - b)).toEqual(hops);
  });
});
