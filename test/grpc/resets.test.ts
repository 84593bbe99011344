import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { Server } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { scopedClient, scopedServer } from "../../src/grpc/index.ts";
import { ResetBudget } from "../../src/grpc/reset-budget.ts";
import { CHANNELS, type LogLine } from "../../src/runtime/index.ts";
import { flood, HEALTHY } from "../support/grpc-flood.ts";

/** More than Node.js lets one session have. */
const QUICK = 2000;

describe("healthy streams beside thousands of quick cancels", () => {
  it("die with plain grpc-js at both ends", async () => {
    expect(await flood(new Server(), {}, QUICK)).toBe(0);
  });

  it("live with a scoped server, whoever its client is", async () => {
    expect(await flood(scopedServer(new Server(), { name: "model" }), {}, QUICK)).toBe(HEALTHY);
  });

  it("live with a scoped client, whoever its server is, and observers are told where the calls go", async () => {
    const told: string[] = [];
    // The channel is the process's: what servers of other tests say is not meant
    const note = (line: unknown) => {
      const { text } = line as LogLine;
      if (text.startsWith("calls of")) told.push(text);
    };
    subscribe(CHANNELS.log, note);
    try {
      expect(await flood(new Server(), scopedClient({ name: "gateway" }), QUICK)).toBe(HEALTHY);
    } finally {
      unsubscribe(CHANNELS.log, note);
    }
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]).toMatch(
      /^calls of 127\.0\.0\.1:\d+ go to another connection: \d+ were cancelled on the one before/,
    );
  });
});

describe("the budget of a session", () => {
  it("is full when the calls that run could be too many resets, together with those that were", () => {
    const budget = new ResetBudget();
    for (let call = 0; call < 899; call += 1) budget.opened();
    expect(budget.isFull(0)).toBe(false);
    budget.opened();
    expect(budget.isFull(0)).toBe(true);
    budget.ended(0, false);
    expect(budget.isFull(0)).toBe(false);
    budget.ended(0, true);
    budget.opened();
    expect(budget.isFull(0)).toBe(true);
  });

  it("forgets thirty resets a second", () => {
    const budget = new ResetBudget();
    for (let call = 0; call < 900; call += 1) {
      budget.opened();
      budget.ended(0, true);
    }
    expect([budget.isFull(0), budget.isFull(999), budget.resets(2000)]).toEqual([true, false, 840]);
    expect(budget.resets(1_000_000)).toBe(0);
  });
});
