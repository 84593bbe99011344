import { PassThrough } from "node:stream";
import type { ReadStream } from "node:tty";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { showPlain } from "../../../src/cli/commands/plain.ts";
import type { ReadingFeed } from "../../../src/cli/terminal/reading-feed.ts";
import { UTC_CLOCK } from "../../../src/present/index.ts";
import type { Snapshot } from "../../../src/tui/index.ts";
import { diagnosisOf, snapshotOf, wholeStory } from "../../story.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

/** Sentences over a feed that is followed without an end. */
function tellOf(first: Snapshot) {
  let snapshot = first;
  const keys = new PassThrough();
  let text = "";
  const feed: ReadingFeed = {
    warnAbout: () => [],
    overrule: () => "",
    askPast: () => undefined,
    snapshot: () => snapshot,
    subscribe: () => () => undefined,
    run: (signal) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => resolve());
      }),
  };
  const output = {
    write: (more: string) => {
      text += more;
    },
    taken: async () => undefined,
    open: () => true,
    columns: 80,
    colour: false,
  };
  const left = showPlain(feed, keys as unknown as ReadStream, output, UTC_CLOCK);
  return {
    said: () => text,
    show: (next: Snapshot) => {
      snapshot = next;
      vi.advanceTimersByTime(2_000);
    },
    type: async (line: string, answer: RegExp | string) => {
      const from = text.length;
      keys.write(`${line}\n`);
      await expect.poll(() => text.slice(from)).toMatch(answer);
    },
    leave: async () => {
      keys.write("q\n");
      await left;
    },
  };
}

describe("sentences over what is followed", () => {
  it("sum up once all that was there is read, and ask", async () => {
    const told = tellOf(snapshotOf(wholeStory(), { done: false, following: false }));
    told.show(snapshotOf(wholeStory(), { done: false }));
    expect(told.said()).not.toContain("5 cancels");
    told.show(snapshotOf(wholeStory(), { done: true, following: true }));
    expect(told.said()).toMatch(/5 cancels\. Started by: billing 3, .*\nNumber opens, .*:\n$/);
    told.show(snapshotOf(wholeStory(), { done: true, following: true }));
    expect(told.said().match(/Number opens/g)).toHaveLength(1);
    await told.leave();
  });

  it("give no all-clear for what was not read", async () => {
    const input = { state: "waiting", perSecond: null, records: 0, claims: 0, lastAt: null };
    const inputs = [{ ...input, name: "gone.log", problem: "there is no such file" }];
    const told = tellOf(snapshotOf(diagnosisOf([]), { records: 0, inputs, following: true }));
    told.show(snapshotOf(diagnosisOf([]), { records: 0, inputs, following: true }));
    expect(told.said()).toContain("Not read: gone.log: there is no such file.");
    expect(told.said()).toContain("Nothing was read so far, which is no all-clear.");
    await told.leave();
  });

  it("tell the warnings with what to do, and what may be asked", async () => {
    const told = tellOf(snapshotOf(wholeStory()));
    await told.type("w", /still running, 1 time: model still wrote 2\.1 s after the cancel\. Leave the handler/);
    await told.type("?", "w tells the warnings");
    await told.type("nonsense", 'There is no command "nonsense". A number opens');
    await told.leave();
  });
});
