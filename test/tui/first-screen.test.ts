import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { warnAbout } from "../../src/cascade/index.ts";
import { readScope } from "../../src/cli/options/scope.ts";
import type { Diagnosis } from "../../src/model/index.ts";
import { Reading } from "../../src/pipeline/index.ts";
import { fateOf } from "../../src/present/index.ts";
import type { Screen } from "../../src/tui/scenes/scene.ts";
import { createScreens } from "../../src/tui/screen.ts";
import { INITIAL_STATE } from "../../src/tui/state/ui-state.ts";
import { createTheme } from "../../src/tui/theme.ts";
import { snapshotOf } from "../story.ts";

const fixtures = join(import.meta.dirname, "../fixtures");
const beside = join(import.meta.dirname, "../../../shared/fixtures");
const screenOf = createScreens(createTheme({ theme: "mono", sixteen: false, ascii: false }), warnAbout);

/** Where the recordings of a stack lie: a file or a folder for each scenario. */
const FOLDERS: Readonly<Record<string, string>> = {
  kitex: join(fixtures, "kitex/json"),
  "kitex-grpc": join(fixtures, "kitex-grpc/json"),
  otel: join(beside, "otel"),
  stacks: join(beside, "stacks"),
};

/** The rows that are to be seen, each from its beginning. */
const WANTED = JSON.parse(readFileSync(join(fixtures, "first-screens.json"), "utf8")) as Record<
  string,
  Record<string, readonly string[]>
>;

/** Whom the cancels of a scenario reached, where that is written down and there was one only. */
function reachedIn(stack: string, name: string): readonly string[] {
  const path = join(fixtures, stack, "truth.json");
  if (!existsSync(path)) return [];
  const truths = JSON.parse(readFileSync(path, "utf8")) as Record<string, { readonly reached: readonly string[] }[]>;
  const [only, another] = truths[name] ?? [];
  return only === undefined || another !== undefined ? [] : only.reached;
}

async function diagnosisOf(inputs: readonly string[]): Promise<Diagnosis> {
  const reading = new Reading(readScope({ inputs, nowMs: 0 }));
  await reading.run();
  return reading.diagnose();
}

function filesOf(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name !== "expected.json")
    .map((name) => join(path, name));
}

function rowsOf({ origins }: Screen): readonly string[] {
  return origins.map((row) => {
    const running = fateOf(row.example).running.map(({ service }) => service);
    const runs = running.length === 0 ? "" : `; runs: ${running.join(", ")}`;
    return `${row.name} ${row.how}, because: ${row.because}; ${row.confidence}; stopped ${row.stopped}${runs}`;
  });
}

const STACKS = Object.entries(FOLDERS);
for (const [stack, folder] of STACKS)
  if (!existsSync(folder))
    process.stderr.write(`SKIPPED: the first screens of ${stack}: there are no recordings at ${folder}\n`);

describe.each(STACKS)("the first screen at 80x24 without a key, of %s", (stack, folder) => {
  const wanted = Object.entries(WANTED[stack] ?? {});

  describe.skipIf(!existsSync(folder))("where the recordings are", () => {
    it.each(wanted)("answers who, why, how sure, and who stopped: %s", async (name, rows) => {
      const path = join(folder, stack.startsWith("kitex") ? `${name}.jsonl` : name);
      const screen = screenOf(INITIAL_STATE, snapshotOf(await diagnosisOf(filesOf(path))), { columns: 80, rows: 24 });
      const seen = rowsOf(screen);
      expect(seen.map((row, index) => row.slice(0, rows[index]?.length))).toEqual(rows);
      const [first] = screen.origins;
      if (first === undefined) return;
      const text = screen.preview.map((line) => line.map((part) => part.text).join("")).join("\n");
      expect(text).toContain(first.confidence);
      for (const { service } of fateOf(first.example).running)
        expect(text).toMatch(new RegExp(`${service} +STILL RUNNING`));
      for (const service of reachedIn(stack, name)) expect(text).toMatch(new RegExp(`${service} +(?:stopped|shows)`));
      if (!first.known) expect(text).toContain("would prove it");
      // Nobody stops before the origin starts
      expect(text).not.toMatch(/ -\d[\d.]* m?s +(?:proven|strong|weak|guess)/);
    });

    it("is held for every recording", () => {
      const recorded = readdirSync(folder).map((name) => name.replace(/\.jsonl$/, ""));
      expect(wanted.map(([name]) => name).toSorted()).toEqual(recorded.toSorted());
    });
  });
});
