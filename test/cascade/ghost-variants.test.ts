import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { warnAbout } from "../../src/cascade/index.ts";
import type { Diagnosis, Evidence } from "../../src/model/index.ts";
import { PLAIN_STYLES, reportObject, reportText, stringify } from "../../src/report/index.ts";
import { createScreens } from "../../src/tui/screen.ts";
import { INITIAL_STATE } from "../../src/tui/state/ui-state.ts";
import { createTheme } from "../../src/tui/theme.ts";
import { snapshotOf } from "../story.ts";
import { diagnose, evidenceOf } from "../support/diagnose.ts";

const screenOf = createScreens(createTheme({ theme: "mono", sixteen: false, ascii: false }), warnAbout);
const INPUT = {
  inputs: 1,
  unread: 0,
  records: 1,
  unmatched: 0,
  unmatchedSample: [],
  diagnostics: [],
  diagnosticCount: 0,
};

const fixtures = join(import.meta.dirname, "../fixtures");
const LATER_NS = 3_500_000_000n;

/** The lines of a leaf in a recording, by what they tell of its end; line numbers count from 1. */
interface Leaf {
  readonly file: string;
  readonly service: string;
  /** All that it wrote from the moment on that it heard of the cancel until it was done. */
  readonly heard: readonly number[];
  readonly work: readonly number[];
  readonly shutdown: readonly number[];
}

/** Services that passed nothing on, wrote when their context was done, and worked on a little. */
function leavesOf(file: string): Leaf[] {
  const lines = readFileSync(join(fixtures, file), "utf8").trimEnd().split("\n");
  const records = lines.map((text, index) => ({ text, line: index + 1, ...(JSON.parse(text) as Said) }));
  return [...new Set(records.map(({ service }) => service))].flatMap((service): Leaf[] => {
    const own = records.filter((record) => record.service === service);
    const at = own.findIndex(({ msg }) => msg === "stream context done");
    if (at === -1 || own.some(({ text }) => /client-side|"peer"/.test(text))) return [];
    const after = own.slice(at + 1);
    const down = after.findIndex(({ msg }) => /Shutdown|stop server/.test(msg));
    const end = down === -1 ? after.length : down;
    const numbers = (some: readonly { line: number }[]): number[] => some.map(({ line }) => line);
    const [work, shutdown] = [numbers(after.slice(0, end)), numbers(after.slice(end))];
    const first = own.findIndex(({ err }) => err !== undefined && err === own[at]?.err);
    return work.length === 0 ? [] : [{ file, service, heard: numbers(own.slice(first, at + 1)), work, shutdown }];
  });
}

interface Said {
  readonly service: string;
  readonly msg: string;
  readonly err?: string;
}

/** The diagnosis of a recording some of whose lines were written 3.5 s later. */
async function moved({ file }: Leaf, lines: readonly number[]): Promise<Diagnosis> {
  const evidence = await evidenceOf([join(fixtures, file)]);
  const isMoved = ({ place }: Evidence): boolean => "source" in place && lines.includes(place.line ?? 0);
  return diagnose(
    evidence.map((each) => (isMoved(each) && each.at !== null ? { ...each, at: each.at + LATER_NS } : each)),
  );
}

function running({ cascades }: Diagnosis): string[] {
  return cascades.flatMap(({ reached }) =>
    reached.filter(({ state }) => state === "still-running").map(({ service }) => service),
  );
}

/** Whose caller wrote nothing that says when it ended the stream, or whose own lines do not say whose stream that was. */
const UNTIMED = new Set([
  "ServiceD of kitex/json/g_early_return_client.jsonl",
  "ServiceD of kitex/json/g_early_return_server.jsonl",
  "ServiceD1 of kitex/json/j_fanout_error_return.jsonl",
  "ServiceD of kitex-grpc/json/r20_term_c.jsonl",
]);

const leaves = ["kitex/json", "kitex-grpc/json"]
  .flatMap((folder) => readdirSync(join(fixtures, folder)).map((name) => `${folder}/${name}`))
  .flatMap(leavesOf);

describe.each(leaves)("$service of $file", (leaf) => {
  it("is still running where its lines of work come 3.5 s after its context was done", async () => {
    const found = await moved(leaf, leaf.work);
    expect(running(found)).toEqual([leaf.service]);
    expect(found.warnings.filter(({ rule }) => rule === "ghost-work").map(({ service }) => service)).toEqual([
      leaf.service,
    ]);
  });

  it("is said to be so in the text, in JSON and on the first screen", async () => {
    const diagnosis = await moved(leaf, leaf.work);
    const findings = { input: INPUT, diagnosis };
    const text = reportText(findings, { styles: PLAIN_STYLES, columns: null, limit: 9, detail: 9 }).join("\n");
    expect(text).toMatch(new RegExp(`${leaf.service} +.*STILL RUNNING`));
    expect(text).toContain(`${leaf.service} DID NOT STOP`);
    expect(stringify(reportObject(findings))).toMatch(
      new RegExp(`"service":"${leaf.service}"[^{}]*"state":"still-running"`),
    );
    const { origins, preview } = screenOf(INITIAL_STATE, snapshotOf(diagnosis), { columns: 80, rows: 24 });
    expect(origins.map(({ fate, stopped }) => `${fate} ${stopped}`).join()).toMatch(/running \d+ of \d+ !/);
    // Where two started something, the case that is shown first may be the other's
    if (origins[0]?.fate === "running")
      expect(preview.map((line) => line.map((part) => part.text).join("")).join("\n")).toContain("STILL RUNNING");
  });

  it("heard late, and did not work on, where its context was done as late", async () => {
    const found = await moved(leaf, [...leaf.heard, ...leaf.work]);
    expect(running(found)).toEqual([]);
    const late = found.warnings.filter(({ rule }) => rule === "slow-hop").map(({ service }) => service);
    if (UNTIMED.has(`${leaf.service} of ${leaf.file}`)) expect(late).toEqual([]);
    else expect(late).toContain(leaf.service);
  });

  it("has stopped where only its process lived on", async () => {
    expect(running(await moved(leaf, leaf.shutdown))).toEqual([]);
  });
});

it("there are recordings of leaves that wrote when their context was done", () => {
  expect(leaves.length).toBeGreaterThan(25);
});
