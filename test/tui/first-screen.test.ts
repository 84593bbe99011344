import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { warnAbout } from "../../src/cascade/index.ts";
import { createScreens } from "../../src/tui/screen.ts";
import { INITIAL_STATE } from "../../src/tui/state/ui-state.ts";
import { createTheme } from "../../src/tui/theme.ts";
import { snapshotOf } from "../story.ts";
import { diagnose, evidenceOf } from "../support/diagnose.ts";

const fixtures = join(import.meta.dirname, "../fixtures");
const screenOf = createScreens(createTheme({ theme: "mono", sixteen: false, ascii: false }), warnAbout);

/** What happened in a recording. */
interface Truth {
  readonly origin: string | null;
  readonly kind: string;
  readonly reached: readonly string[];
}

const recordings = ["kitex", "kitex-grpc"].flatMap((stack) => {
  const truths = JSON.parse(readFileSync(join(fixtures, stack, "truth.json"), "utf8")) as Record<string, Truth[]>;
  return Object.entries(truths)
    .filter(([, all]) => all.length === 1 && (all[0]?.reached.length ?? 0) > 0)
    .map(([name, all]) => ({ name, file: join(fixtures, stack, "json", `${name}.jsonl`), truth: all[0] as Truth }));
});

const HOW: Readonly<Record<string, RegExp>> = {
  cancel: /cancelled|asked to stop/,
  deadline: /timed out/,
  disconnect: /vanished|left/,
  "handler-return": /returned/,
  reset: /reset/,
  shutdown: /shut down/,
};

describe("the first screen at 80x24, without a key", () => {
  it.each(recordings)("answers who, how, and who stopped: $name", async ({ file, truth }) => {
    const diagnosis = diagnose(await evidenceOf([file]));
    const { origins, preview } = screenOf(INITIAL_STATE, snapshotOf(diagnosis), { columns: 80, rows: 24 });
    const text = preview.map((line) => line.map((part) => part.text).join("")).join("\n");
    const [first] = origins;
    if (first?.known === true) expect(`${first.name} ${text}`).toContain(truth.origin);
    // A service that died in the recording and wrote nothing is not to be known
    else {
      expect(first?.name).toMatch(/^\? above /);
      expect(text).toContain("would prove it");
    }
    expect(first?.how).toMatch(HOW[truth.kind] as RegExp);
    for (const service of truth.reached) expect(text).toMatch(new RegExp(`${service} +(?:stopped|STILL|shows)`));
    expect(text).not.toMatch(/ -\d[\d.]* m?s +(?:proven|strong|weak|guess)/);
  });

  it("is held for recordings of both stacks", () => {
    expect(recordings.length).toBeGreaterThan(30);
  });
});
