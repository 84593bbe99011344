import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import type { Claim } from "../../src/model/index.ts";
import { overruled } from "../../src/present/index.ts";
import type { Snapshot } from "../../src/tui/feed.ts";
import {
  deadlineCascade,
  diagnosisOf,
  evidence,
  falseOriginCascade,
  reached,
  seen,
  snapshotOf,
  wholeStory,
} from "../story.ts";
import { type FakeTerminal, openFakeTerminal } from "./fake-terminal.ts";

const open: FakeTerminal[] = [];

async function start(snapshot: Snapshot, options?: Parameters<typeof openFakeTerminal>[1]): Promise<FakeTerminal> {
  const terminal = await openFakeTerminal(snapshot, options);
  open.push(terminal);
  return terminal;
}

afterEach(async () => {
  for (const terminal of open.splice(0)) {
    terminal.screens.close();
    await terminal.screens.closed.catch(() => undefined);
  }
});

const SIZES = [
  [80, 24],
  [120, 40],
  [40, 12],
] as const;

it("at 160 columns the case of the selected row stands beside the list", async () => {
  const terminal = await start(snapshotOf(wholeStory()), { columns: 160, rows: 30 });
  expect(terminal.lines().filter((line) => line.length > 160)).toEqual([]);
  await expect(`${terminal.lines().join("\n")}\n`).toMatchFileSnapshot("golden/origins-160x30.txt");
});

describe.each(SIZES)("at %d columns and %d rows", (columns, rows) => {
  const golden = async (terminal: FakeTerminal, name: string): Promise<void> => {
    const lines = terminal.lines();
    expect(lines.length).toBe(rows);
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`golden/${name}-${columns}x${rows}.txt`);
  };

  it("shows every view", async () => {
    const terminal = await start(snapshotOf(wholeStory()), { columns, rows });
    await golden(terminal, "origins");
    await terminal.type("j<enter>");
    await golden(terminal, "cascade");
    await terminal.type("jw");
    await golden(terminal, "why");
    await terminal.type("?");
    await golden(terminal, "help");
    await terminal.type("<esc>t");
    await golden(terminal, "time");
    await terminal.type("L");
    await golden(terminal, "lines");
    await terminal.type("!");
    await golden(terminal, "warnings");
    await terminal.type("Hv");
    await golden(terminal, "sources");
    await terminal.type("H/");
    await golden(terminal, "filter");
    await terminal.type("<esc>o");
    await golden(terminal, "overrule");
    await terminal.type("<esc>??");
    await golden(terminal, "words");
    await terminal.type("<esc>:copy");
    await golden(terminal, "palette");
    await terminal.type("<esc>u");
    await golden(terminal, "unmatched");
    await terminal.type("HgCjC");
    await golden(terminal, "compare");
  });

  it("shows that there is nothing, and what that means", async () => {
    const account = ["read: gateway (1,204 lines)", "not read: the spans of the callers"];
    const terminal = await start(snapshotOf(diagnosisOf([]), { account }), { columns, rows });
    await golden(terminal, "nothing");
  });

  it("shows the cascades of an origin with several shapes", async () => {
    const cascades = [deadlineCascade("b1"), deadlineCascade("b2", 1), { ...deadlineCascade("b3", 2), reached: [] }];
    const terminal = await start(snapshotOf(diagnosisOf(cascades)), { columns, rows });
    await terminal.type("<enter>");
    await golden(terminal, "cascades");
  });
});

describe("the screens", () => {
  it("say at first sight who started the cancel, how sure that is, and who only looks so", async () => {
    const terminal = await start(snapshotOf(wholeStory()));
    expect(terminal.lines()[4]).toMatch(/^ {2}gateway +cancelled +its own code +proven +1 +06:57:00 +2 of 3 \?$/);
    await terminal.type("j");
    const first = terminal.text();
    expect(first).toContain(" gateway cancelled: its own code cancelled the call (code 12007).");
    expect(first).toContain(" 2 of 3 services stopped within 0.41 ms. Of agent no end was seen.");
    expect(first).toMatch(/gateway +STARTED IT +proven/);
    expect(first).toMatch(/└─ chat +stopped +\+0\.07 ms strong +looks like the origin and is not/);
    expect(first).toMatch(/└╌ agent +stopped\? +weak +quiet: only model says so/);
    expect(first).toMatch(/proven, because +1 gateway's own client side.* chain\.log:4$/m);
    await terminal.type("<enter>");
    expect(terminal.lines()[2]).toBe(" gateway cancelled: its own code cancelled the call (code 12007).");
    expect(terminal.text()).toMatch(/> gateway +STARTED IT/);
    expect(terminal.text()).toContain("chain.log:4");
  });

  it("follow keys typed quickly, all of them", async () => {
    const cascades = Array.from({ length: 50 }, (_, index) => deadlineCascade(`d${index}`, index, `svc${index}`));
    const terminal = await start(snapshotOf(diagnosisOf(cascades)));
    await terminal.type("jjjjjjjjjj");
    expect(terminal.lines().at(-1)).toMatch(/11\/50$/);
    await terminal.type("G");
    expect(terminal.lines().at(-1)).toMatch(/50\/50$/);
    await terminal.type("<pageup><up>");
    expect(terminal.lines().at(-1)).toMatch(/44\/50$/);
    await terminal.type("<home>");
    expect(terminal.lines().at(-1)).toMatch(/1\/50$/);
  });

  it("filter while typing, say what is wrong, and show chips", async () => {
    const terminal = await start(snapshotOf(wholeStory()));
    await terminal.type("/kind=canc");
    expect(terminal.lines()[1]).toBe(" filter: kind=canc");
    expect(terminal.lines().slice(2, 5).join(" ")).toMatch(/there is no kind "canc"; use one of cancel, .*reset/);
    await terminal.type("el");
    expect(terminal.lines()[1]).toMatch(/^ filter: kind=cancel +1 of 5 cancels$/);
    expect(terminal.text()).not.toContain("billing");
    await terminal.type("<enter>");
    expect(terminal.lines()[1]).toContain("[kind=cancel x]");
    await terminal.type("/<enter>");
    await terminal.type("x");
    expect(terminal.text()).toContain("billing");
    await terminal.type("/nowhere<enter>");
    expect(terminal.text()).toContain("nothing meets the filter: x removes it");
  });

  it("say what is wrong with a filter beside it where there is no room below", async () => {
    const terminal = await start(snapshotOf(wholeStory()), { rows: 14 });
    await terminal.type("/kind=canc");
    expect(terminal.lines()[1]).toContain('filter: kind=canc   there is no kind "canc"');
  });

  it("show the name and the fault of an input that has a note, and an empty column before the warnings", async () => {
    const notes = [`/var/log/pods/chat/0.log: ${"cannot be read as a whole; ".repeat(4)}`];
    const terminal = await start(snapshotOf(wholeStory(), { notes, problems: 1 }));
    expect(terminal.lines()[1]).toMatch(/^ 5 cancels {2}0\.log: cannot be read .*… v 1 note {2}! 2 warnings$/);
  });

  it("grow while files are read, and keep the selection on its row", async () => {
    const terminal = await start(snapshotOf(diagnosisOf([]), { done: false, records: 5, unmatched: 0 }));
    expect(terminal.lines()[0]).toMatch(/^ READING {2}chain\.log/);
    expect(terminal.text()).toContain("nothing cancelled so far");
    await terminal.feed(snapshotOf(diagnosisOf([falseOriginCascade()]), { done: false, records: 10 }));
    await terminal.type("j");
    expect(terminal.text()).toContain("> gateway");
    await terminal.feed(snapshotOf(wholeStory(), { records: 1_234_567 }));
    expect(terminal.text()).toContain("> gateway");
    expect(terminal.lines()[0]).toMatch(/^ DONE .* read 1,234,567 {2}lost 0 {2}u 3 not understood$/);
    await terminal.feed(snapshotOf(diagnosisOf([]), {}));
    expect(terminal.text()).toContain("no cancel found");
  });

  it("show by which column the list is sorted, whichever that is", async () => {
    const terminal = await start(snapshotOf(wholeStory()));
    for (let column = 0; column < 8; column += 1) {
      expect(terminal.lines()[2]).toMatch(/[A-Z] [v^](?: |$)/);
      await terminal.type("s");
    }
  });

  it("say for whom a timer ran where the column of the reasons is narrow", async () => {
    const line = evidence({ service: "billing", line: 20, kind: "deadline", code: 12015, text: "timeout: 300ms" });
    const long = deadlineCascade("d1");
    const named = { ...line, peer: "recommendation", side: "client" as const };
    const reachedOne = [reached("recommendation", "billing")];
    const terminal = await start(snapshotOf(diagnosisOf([{ ...long, reached: reachedOne, evidence: [named] }])));
    expect(terminal.lines()[3]).toMatch(/billing +timed out +300 ms for recomme/);
    await terminal.resize(120, 24);
    expect(terminal.lines()[3]).toContain("its 300 ms for recommendation ran out");
  });

  it("stay with a cascade that was merged into another one", async () => {
    const terminal = await start(snapshotOf(wholeStory()));
    await terminal.type("j<enter>");
    await terminal.feed(snapshotOf(diagnosisOf([falseOriginCascade({ id: "older", aliases: ["7f3a9c1e"] })])));
    expect(terminal.text()).toContain("id older");
    await terminal.feed(snapshotOf(diagnosisOf([])));
    expect(terminal.text()).toContain("not there any more: esc goes back");
  });

  it("follow the size of the terminal, down to nothing and back", async () => {
    const terminal = await start(snapshotOf(wholeStory()));
    await terminal.type("j<enter>");
    for (const [columns, rows] of [
      [40, 12],
      [20, 6],
      [5, 3],
      [1, 1],
      [200, 60],
    ] as const) {
      await terminal.resize(columns, rows);
      expect(terminal.lines().length).toBe(rows);
    }
    await terminal.resize(80, 24);
    expect(terminal.lines()[2]).toBe(" gateway cancelled: its own code cancelled the call (code 12007).");
    expect(terminal.lines().at(-1)).toMatch(/^ enter open .* 1\/4$/);
    expect(terminal.text().match(/STARTED IT/g)?.length).toBe(1);
  });

  it("keep 10,000 cascades in a window of rows", async () => {
    const cascades = Array.from({ length: 10_000 }, (_, index) => deadlineCascade(`d${index}`, index, `svc${index}`));
    const terminal = await start(snapshotOf(diagnosisOf(cascades)));
    await terminal.type("G");
    expect(terminal.lines().at(-1)).toMatch(/10,000\/10,000$/);
    await terminal.type("/svc77<enter>");
    expect(terminal.lines().at(-1)).toMatch(/\/111$/);
  });

  it("draw with ASCII only where that is wanted", async () => {
    const terminal = await start(snapshotOf(wholeStory()), { ascii: true });
    for (const keys of ["", "j<enter>", "w", "?"]) {
      await terminal.type(keys);
      expect(terminal.text()).toMatch(/^[\n -~]*$/);
    }
  });

  it("say with letters what they say with colours", async () => {
    const plain = await start(snapshotOf(wholeStory()), { colour: false });
    const coloured = await start(snapshotOf(wholeStory()), { colour: true });
    expect(coloured.text()).toBe(plain.text());
    expect(plain.written()).not.toMatch(/\u001b\[[0-9;]*(?:3[0-7]|38|4[0-7]|48|9[0-7])[;m]/);
  });

  it("show what is hostile in a log instead of doing it", async () => {
    const evil = "x\u001b]0;owned\u0007\u001b[2J\u009b31m\u202egpj\u2066\u0000\n\r\u{1f600}\ud800";
    const cascade = falseOriginCascade({
      id: `id${evil}`,
      reached: [reached(evil, "gateway"), reached(`b${evil}`, evil)],
      falseOrigins: [{ service: evil, reasons: [{ rule: evil, text: evil, places: [{ source: evil, line: 1 }] }] }],
      trigger: { service: evil, text: evil },
      evidence: [evidence({ service: evil, line: 1, text: evil, place: { source: evil, line: 1 } })],
    });
    const diagnosis = diagnosisOf(
      [{ ...cascade, origin: { ...cascade.origin, service: evil, callSite: evil, intent: evil } }],
      {
        warnings: [{ rule: evil, service: evil, text: evil, ...seen(evil) }],
      },
    );
    const terminal = await start(snapshotOf(diagnosis, { title: evil, notes: [evil], problems: 1 }));
    for (const keys of ["", "<enter>", "jw", "<esc><esc>!"]) {
      await terminal.type(keys);
      expect(terminal.text()).toContain("\\x1b]0;owned\\x07");
    }
    await terminal.type("/a\u202eb");
    expect(terminal.lines()[1]).toContain("a\\u202eb");
    // Of Ink's own sequences none sets a title, and none of the signs that turn text around is written at all.
    expect(terminal.written()).not.toMatch(/\u001b\]|[\u009b\u202e\u2066\u0000]/);
    expect(terminal.lines().length).toBe(24);
  });

  it("line up names of any script", async () => {
    const cascade = falseOriginCascade({
      reached: [reached("服务乙", "gateway"), reached("сервис", "服务乙", { delayMs: 2 })],
    });
    const terminal = await start(snapshotOf(diagnosisOf([cascade])));
    await terminal.type("<enter>");
    const [chinese = "", russian = ""] = terminal.lines().slice(7, 9);
    expect(chinese).toMatch(/└─ 服务乙/);
    expect(russian).toMatch(/└─ сервис {2}stopped/);
  });
});

describe("the terminal", () => {
  it("gets its picture, its cursor and its cooked mode back when the person leaves", async () => {
    for (const leave of ["q", "<ctrl-c>"]) {
      const terminal = await openFakeTerminal(snapshotOf(wholeStory()));
      expect(terminal.rawMode()).toBe(true);
      expect(terminal.emulator.buffer.active.type).toBe("alternate");
      await terminal.type(leave);
      await terminal.screens.closed;
      await new Promise<void>((resolve) => terminal.emulator.write("", resolve));
      expect(terminal.emulator.buffer.active.type).toBe("normal");
      expect(terminal.rawMode()).toBe(false);
      expect(terminal.written().lastIndexOf("\u001b[?25h")).toBeGreaterThan(
        terminal.written().lastIndexOf("\u001b[?25l"),
      );
    }
  });

  it("gets them back after a crash, and the error is told", async () => {
    const terminal = await openFakeTerminal(snapshotOf(wholeStory()));
    const broken = snapshotOf(wholeStory());
    // A diagnosis that breaks its contract stands for any defect of ours.
    await terminal
      .feed({ ...broken, diagnosis: { ...broken.diagnosis, cascades: null as never } })
      .catch(() => undefined);
    await expect(terminal.screens.closed).rejects.toThrow();
    await new Promise<void>((resolve) => terminal.emulator.write("", resolve));
    expect(terminal.emulator.buffer.active.type).toBe("normal");
    expect(terminal.rawMode()).toBe(false);
  });

  it("gets them back when the program itself gives up, and why is told", async () => {
    const terminal = await openFakeTerminal(snapshotOf(wholeStory()));
    terminal.screens.close(new Error("nothing could be read"));
    await expect(terminal.screens.closed).rejects.toThrow("nothing could be read");
    await new Promise<void>((resolve) => terminal.emulator.write("", resolve));
    expect(terminal.emulator.buffer.active.type).toBe("normal");
  });

  it("is not written to where nothing has changed", async () => {
    const terminal = await start(snapshotOf(wholeStory()));
    const before = terminal.written().length;
    await terminal.feed(snapshotOf(wholeStory()));
    await terminal.type("k");
    expect(
      terminal
        .written()
        .slice(before)
        .replace(/\u001b\[\?2026[hl]/g, ""),
    ).toBe("");
  });

  it("gets only the lines that changed", async () => {
    const terminal = await start(snapshotOf(wholeStory()), { columns: 160, rows: 50 });
    await terminal.type("!");
    const before = terminal.written().length;
    await terminal.type("j");
    expect(terminal.written().length - before).toBeLessThan(2_000);
    expect(terminal.written().slice(before)).not.toContain("\u001b[2J");
  });
});

it.each(["README.md", "docs/tui.md"])("the first screen is what %s shows", async (page) => {
  const terminal = await start(snapshotOf(wholeStory()));
  await terminal.type("j");
  const shown = terminal.text().split("\n").slice(0, 20).join("\n").trimEnd();
  expect(readFileSync(new URL(`../../${page}`, import.meta.url), "utf8")).toContain(shown);
});

describe("the mouse", () => {
  it("moves by the wheel, selects by a click, and opens what is selected", async () => {
    const terminal = await start(snapshotOf(wholeStory()), { mouse: true });
    expect(terminal.written()).toContain("\u001b[?1006h");
    const line = (row: number) => expect.poll(() => terminal.lines()[row]);
    await terminal.type("\u001b[<65;10;5M");
    await line(4).toMatch(/^> gateway/);
    await terminal.type("\u001b[<0;10;4M");
    await line(3).toMatch(/^> billing/);
    await terminal.type("\u001b[<0;10;5M\u001b[<0;10;5M");
    await expect.poll(() => terminal.text()).toMatch(/> gateway +STARTED IT/);
  });

  it("is left to the terminal where nobody asks for it", async () => {
    const terminal = await start(snapshotOf(wholeStory()));
    expect(terminal.written()).not.toContain("\u001b[?1000h");
  });
});

describe("the reasons beside a tree", () => {
  const whyOf = (terminal: FakeTerminal): readonly string[] =>
    terminal.lines().map((line) => line.split("│").at(-1)?.trim() ?? "");

  it.each([
    [120, 12],
    [80, 24],
  ] as const)(
    "are scrolled once tab has gone to them, and begin anew for another row: %d x %d",
    async (columns, rows) => {
      const terminal = await start(snapshotOf(wholeStory()), { columns, rows });
      await terminal.type("j<enter>");
      const [position] = /\d\/\d$/.exec(terminal.text()) ?? [];
      expect(terminal.text()).toMatch(/more lines: tab, or w/);
      const before = whyOf(terminal);
      await terminal.type("\tjj");
      const after = whyOf(terminal);
      expect(/\d\/\d$/.exec(terminal.text())?.[0]).toBe(position);
      expect(after).not.toEqual(before);
      await terminal.type("G");
      expect(terminal.text()).not.toContain("more lines");
      await terminal.type("g\tj");
      expect(terminal.text()).toMatch(/ 2\/4$/);
      await terminal.type("k");
      expect(whyOf(terminal)).toEqual(before);
    },
  );

  it("get more or less room by < and >, and neither side gets lost", async () => {
    const terminal = await start(snapshotOf(wholeStory()), { columns: 120, rows: 40 });
    await terminal.type("j<enter>");
    const at = (): number => terminal.lines()[8]?.indexOf("│", 40) ?? 0;
    const middle = at();
    await terminal.type("<<");
    const left = at();
    expect(left).toBeLessThan(middle);
    await terminal.type("<<<<<<<<<<");
    expect(at()).toBeGreaterThanOrEqual(40);
    await terminal.type(">>>>>>>>>>>>>>>>>>>>");
    expect(at()).toBeLessThanOrEqual(80);
    expect(terminal.lines().filter((line) => line.length > 120)).toEqual([]);
  });

  it("are not there on a low screen, and tab says so", async () => {
    const terminal = await start(snapshotOf(wholeStory()), { columns: 80, rows: 12 });
    await terminal.type("j<enter>\t");
    expect(terminal.lines().at(-1)).toContain("there is no text beside the rows");
  });
});

describe("the lines of a cancel", () => {
  const rowsOf = (terminal: FakeTerminal): readonly string[] =>
    terminal.lines().filter((line) => /^[> ] \d\d:\d\d:\d\d/.test(line));

  it("of a service are hidden by its number, and shown again; what is left is what is copied and opened", async () => {
    const terminal = await start(snapshotOf(wholeStory()), { columns: 100 });
    await terminal.type("jL");
    const all = rowsOf(terminal);
    const names = [...new Set(all.map((row) => row.slice(16).split(" ")[0]))];
    expect(names.length).toBeGreaterThan(1);
    expect(terminal.lines()[3]).toBe(names.map((name, index) => `  ${index + 1} ${name}`).join(""));
    await terminal.type("1");
    expect(rowsOf(terminal).map((row) => row.slice(2))).toEqual(
      all.filter((row) => !row.slice(16).startsWith(`${names[0]} `)).map((row) => row.slice(2)),
    );
    expect(terminal.lines()[2]).toMatch(/\d of \d lines, 1 service hidden/);
    expect(terminal.lines()[3]).toContain(`1 (${names[0]})`);
    await terminal.type("gy");
    const copied = (): string =>
      Buffer.from(terminal.written().split("]52;c;").at(-1)?.split("\u0007")[0] ?? "", "base64").toString();
    await expect.poll(copied).toContain(`(${names[1]})`);
    await terminal.type("19");
    expect(rowsOf(terminal).length).toBe(all.length);
  });

  it("stay on the screen when all of them are hidden", async () => {
    const terminal = await start(snapshotOf(wholeStory()), { columns: 100 });
    await terminal.type("jL123456789");
    expect(rowsOf(terminal)).toEqual([]);
    expect(terminal.lines()[2]).toContain("0 of ");
    await terminal.type("<enter>y");
    await terminal.type("1");
    expect(rowsOf(terminal).length).toBeGreaterThan(0);
  });

  it("are shown as they were written, and back", async () => {
    const terminal = await start(snapshotOf(wholeStory()), { columns: 160 });
    await terminal.type("jL");
    expect(rowsOf(terminal)[0]).not.toContain("[ttstream error");
    await terminal.type("R");
    expect(rowsOf(terminal)[0]).toContain("[ttstream error, code=12007]");
    await terminal.type("R");
    expect(rowsOf(terminal)[0]).not.toContain("[ttstream error");
  });

  it("are hidden from the palette by the number that is typed there, which is asked for where it is missing", async () => {
    const terminal = await start(snapshotOf(wholeStory()), { columns: 100 });
    await terminal.type("jL:hide<enter>");
    expect(terminal.lines().at(-1)).toContain("press the number of the service");
    await terminal.type(":1<enter>");
    expect(terminal.lines()[2]).toContain("1 service hidden");
  });
});

describe("what is taken away", () => {
  it("is copied by OSC 52, the line and the whole cancel, without secrets", async () => {
    const base = falseOriginCascade();
    const text = "token=hunter2hunter2 user code";
    const cascade = { ...base, evidence: [{ ...(base.evidence[0] as Claim), text }] };
    const terminal = await start(snapshotOf(diagnosisOf([cascade])));
    const copied = (): string =>
      Buffer.from(terminal.written().split("]52;c;").at(-1)?.split("\u0007")[0] ?? "", "base64").toString();
    await terminal.type("y");
    await expect.poll(copied).toBe("gateway cancelled: its own code; proven, 1 times, 2 of 3 ? stopped");
    await terminal.type("Ly");
    await expect.poll(copied).toContain("token=hunter2hunter2 user code");
    await terminal.type("Y");
    await expect.poll(copied).toContain("gateway started it: its own code cancelled the call");
    await expect.poll(() => terminal.lines().at(-1)).toMatch(/the cancel copied \(\d+ lines\)/);
  });

  it("has no secrets where they are replaced", async () => {
    const base = falseOriginCascade();
    const evil = { ...(base.evidence[0] as Claim), text: "token=hunter2hunter2 user code" };
    const terminal = await start(snapshotOf(diagnosisOf([{ ...base, evidence: [evil] }])), {
      redaction: [{ replace: (text: string, by: (secret: string) => string) => text.replaceAll("hunter2", by) }],
    });
    await terminal.type("Ly");
    await terminal.settled();
    expect(
      Buffer.from(terminal.written().split("]52;c;").at(-1)?.split("\u0007")[0] ?? "", "base64").toString(),
    ).toContain("token=[redacted][redacted] user");
  });
});

describe("a person who knows better", () => {
  it("is heard, with the cancel and the name", async () => {
    const said: unknown[] = [];
    const terminal = await start(snapshotOf(wholeStory()), { onOverrule: (id, by) => said.push([id, by]) });
    await terminal.type("jo");
    expect(terminal.text()).toContain("(*) gateway   the evidence names it");
    await terminal.type("deploy<enter>");
    await expect.poll(() => said.length).toBe(1);
    expect(said).toEqual([["7f3a9c1e", "deploy"]]);
    await expect.poll(() => terminal.lines().at(-1)).toContain("deploy (said by you): kept in overrules.json");
  });
});

describe("a cancel that had a trigger", () => {
  const trigger = { service: "ledger", text: "connection refused", delayMs: -2 };
  const snapshot = snapshotOf(diagnosisOf([falseOriginCascade({ trigger })]));
  const marked = (terminal: FakeTerminal): string => terminal.lines().find((line) => line.startsWith("> ")) ?? "";

  it("is opened at whoever started it, in the tree and in time, and the keys go on from there", async () => {
    const terminal = await start(snapshot);
    await terminal.type("<enter>");
    expect(marked(terminal)).toContain("> gateway");
    expect(terminal.text()).toContain("why gateway");
    await terminal.type("k");
    expect(marked(terminal)).toContain("> ledger");
    await terminal.type("jjj");
    expect(marked(terminal)).toContain("agent");
    await terminal.type("Ht");
    expect(marked(terminal)).toContain("> gateway");
    await terminal.type("j");
    expect(marked(terminal)).toContain("chat");
  });
});

describe("what is told of a warning", () => {
  it("is scrolled where it has no room, once tab has gone to it", async () => {
    const terminal = await start(snapshotOf(wholeStory()), { columns: 60, rows: 20 });
    await terminal.type("!");
    const shown = (): string => terminal.text();
    expect(shown()).toMatch(/\d+ more lines: tab/);
    expect(shown()).not.toContain("docs/warnings.md#");
    await terminal.type("\t");
    expect(shown()).toMatch(/\d+ more lines: down/);
    await terminal.type("G");
    expect(shown()).toContain("docs/warnings.md#false-origin");
    expect(shown()).not.toMatch(/more lines?:/);
    // The list has the keys again, and another warning begins at its top
    await terminal.type("\tj");
    expect(shown()).toContain("still running: model");
    expect(shown()).toMatch(/\d+ more lines: tab/);
  });
});

describe("a cancel of which a person said who started it", () => {
  it("is nowhere as sure as the evidence for somebody else", async () => {
    const whole = diagnosisOf([falseOriginCascade()]);
    const said = overruled(whole, [{ about: { id: "7f3a9c1e" }, by: "deploy", note: "INC-1" }]);
    const terminal = await start(snapshotOf(said), { columns: 100 });
    expect(terminal.lines()[3]).toMatch(/> deploy .* yours /);
    expect(terminal.text()).toMatch(/deploy +STARTED IT +yours/);
    expect(terminal.text()).toContain("the evidence:  1 gateway's own client side shows");
    expect(terminal.text()).not.toContain("proven, because");
    await terminal.type("<enter>");
    expect(terminal.text()).toMatch(/ yours · id 7f3a9c1e/);
    await terminal.type("w");
    expect(terminal.text()).toContain("yours: a person said so; what the evidence says is proven");
  });
});

describe("times", () => {
  it("are of the zone that was asked for, which is named", async () => {
    const clock = { name: "Asia/Shanghai", offset: () => 8 * 3_600_000 };
    const terminal = await start(snapshotOf(wholeStory()), { clock });
    expect(terminal.text()).toContain("LAST Asia/Shanghai");
    expect(terminal.text()).toMatch(/14:57:03/);
    await terminal.type("j<enter>");
    expect(terminal.text()).toContain("2026-11-23 14:57:00.783 Asia/Shanghai");
  });
});

describe("leaving live screens", () => {
  const live = { address: "", perSecond: 1, evicted: 0, refused: 0, passedOn: null, notes: [] };

  it("asks once, since what is not saved is gone; any other key goes on", async () => {
    const terminal = await start(snapshotOf(wholeStory(), { live, done: false }));
    await terminal.type("q");
    expect(terminal.lines().at(-1)).toContain("q again: 5 cancels are not saved, e saves");
    await terminal.type("jq");
    expect(terminal.rawMode()).toBe(true);
    await terminal.type("q");
    await terminal.screens.closed;
  });
});

describe("pasted text", () => {
  const pasted = (text: string): string => `\u001b[200~${text}\u001b[201~`;

  it("is one edit of the filter, controls and lines made spaces", async () => {
    const terminal = await start(snapshotOf(wholeStory()));
    await terminal.type("/chat ");
    await terminal.type(pasted("kind=cancel\nq\u0007q"));
    expect(terminal.lines()[1]).toMatch(/^ filter: chat kind=cancel q q {2,}0 of 5 cancels$/);
  });

  it("is no keys where nobody types text", async () => {
    const terminal = await start(snapshotOf(wholeStory()));
    await terminal.type(pasted("jq"));
    expect(terminal.lines()[3]).toMatch(/^> billing/);
    expect(terminal.rawMode()).toBe(true);
  });
});

describe("the header", () => {
  const first = async (over: Parameters<typeof snapshotOf>[1]): Promise<string> =>
    (await start(snapshotOf(wholeStory(), over))).lines()[0] ?? "";
  const live = {
    address: "http://127.0.0.1:4318",
    perSecond: 1240,
    evicted: 9,
    refused: 0,
    passedOn: null,
    notes: [],
  };

  it("says whether it reads, listens, hears nothing, or is done", async () => {
    expect(await first({ done: true })).toMatch(/^ DONE /);
    expect(await first({ done: false })).toMatch(/^ READING /);
    expect(await first({ done: false, live })).toMatch(/^ LIVE {2}1,240\/s /);
    expect(await first({ done: true, following: true, records: 0 })).toMatch(/^ WAITING /);
    expect(await first({ done: false, share: null, records: 0 })).toMatch(/^ WAITING /);
    expect(await first({ done: false, share: 0, records: 0 })).toMatch(/^ READING 0 % /);
    expect(await first({ done: false, live, silentMs: 40_000 })).toMatch(/^ SILENT 40 s /);
  });

  it("says how far the picture is behind, and counts as lost what a verdict lacks, not what nobody misses", async () => {
    expect(await first({ done: false, live, behindMs: 5_200 })).toMatch(/5\.2 s behind .* lost 0 /);
    const counts = { evidence: 9, late: 2, dropped: 3 };
    const terminal = await start(snapshotOf({ ...wholeStory(), counts }, { live: { ...live, refused: 4 } }));
    expect(terminal.lines()[0]).toContain("lost 9 ");
  });

  it("holds the picture and counts what comes meanwhile; nothing of it is lost", async () => {
    const terminal = await start(snapshotOf(diagnosisOf([falseOriginCascade()]), { done: false }));
    await terminal.type(" ");
    await terminal.feed(snapshotOf(wholeStory(), { done: false }));
    expect(terminal.lines()[0]).toMatch(/^ PAUSED \+4 /);
    expect(terminal.text()).not.toContain("billing");
    await terminal.type(" ");
    expect(terminal.lines()[0]).toMatch(/^ READING /);
    expect(terminal.text()).toContain("billing");
  });
});

describe("conditions of the command line", () => {
  it("are chips, and an empty screen is no all-clear where lines lie outside the wanted time", async () => {
    const scope = ["since 15m", "kind=cancel"];
    const terminal = await start(snapshotOf(diagnosisOf([]), { scope, leftOut: 230 }));
    expect(terminal.lines()[1]).toContain("[since 15m] [kind=cancel]");
    expect(terminal.text()).toContain("230 lines about cancels do not meet it: this is no all-clear.");
  });
});

describe("the sources", () => {
  it("tell what was read and lost, who was heard, and who was named and not heard", async () => {
    const diagnosis = { ...wholeStory(), counts: { evidence: 11, late: 2, dropped: 0 } };
    const terminal = await start(snapshotOf(diagnosis, { notes: ["old.log: permission denied"], problems: 1 }), {
      columns: 100,
    });
    await terminal.type("v");
    const text = terminal.text();
    expect(text).toContain("lost: 2 lines came too late to be joined; no verdict uses them");
    expect(text).toContain("old.log: permission denied");
    expect(text).toMatch(/heard in these cancels\n +ledger +4 lines/);
    expect(text).toMatch(/NOT HEARD\n +agent +named in 1 cancel by chat, and no line of it was read/);
  });

  it("say what was passed on, what waits for it and was lost, how much memory it takes and from when on all is kept", async () => {
    const passedOn = { sent: 1_204, lost: 3, waitingBytes: 5 * 2 ** 20 };
    const live = { address: "", perSecond: 1, evicted: 0, refused: 0, passedOn, notes: [] };
    const terminal = await start(snapshotOf(wholeStory(), { live, done: false }), { columns: 100 });
    await terminal.type("v");
    expect(terminal.text()).toContain(" passed on: 1,204 requests, 3 lost, 5 MiB wait");
    expect(terminal.text()).toContain(" memory: 212 MiB; 5 cancels are kept in full, the oldest of 06:57:00 UTC");
    await terminal.feed(snapshotOf(wholeStory(), { live: { ...live, passedOn: null }, done: false }));
    expect(terminal.text()).not.toContain("passed on");
  });

  it("have a row each: what it does, how much comes of it and came, and when it told of a cancel last", async () => {
    const row = { problem: null, perSecond: null, records: null, claims: null, lastAt: null };
    const inputs = [
      { ...row, name: "logs/old.bin", state: "waiting", problem: "looks like a binary file and is left out" },
      { ...row, name: "logs/gateway.log", state: "reading", perSecond: 31_000, records: 88_120, claims: 1_022 },
      { ...row, name: "logs/chat.log", state: "done", records: 9_000, claims: 12, lastAt: 1_795_417_020_783_910_545n },
    ];
    const progress = { inputs, inputCount: 1_203, done: false, share: 0.437 };
    const terminal = await start(snapshotOf(wholeStory(), progress), { columns: 100 });
    await terminal.type("v");
    expect(terminal.lines()[0]).toContain("READING 43 %");
    const text = terminal.text();
    expect(text).toMatch(/logs\/old\.bin +NOT READ: looks like a binary file/);
    expect(text).toMatch(/logs\/gateway\.log +reading +31,000\/s +88,120 +1,022\n/);
    expect(text).toMatch(/logs\/chat\.log +done +9,000 +12 +06:57:00/);
    expect(text).toContain("and 1,200 other inputs");
  });

  it("show what was not understood, each with its place", async () => {
    const unmatchedSample = [{ place: { source: "odd.log", line: 7 }, message: "stream canceled, somehow" }];
    const terminal = await start(snapshotOf(wholeStory(), { unmatched: 3, unmatchedSample }));
    await terminal.type("u");
    expect(terminal.text()).toMatch(/odd\.log:7\n +stream canceled, somehow\n\n and 2 others/);
  });
});

describe("the words of the screens", () => {
  it.each(SIZES)("are explained behind ? and ? at %d columns and %d rows", async (columns, rows) => {
    const terminal = await start(snapshotOf(wholeStory()), { columns, rows });
    await terminal.type("??");
    let text = terminal.text();
    for (let page = 0; page < 40; page += 1) {
      await terminal.type("<down>");
      text += terminal.text();
    }
    for (const word of [
      ...["timed out:", "left, asked to stop:", "failed:", "proven:", "yours:", "stopped?:", "STILL RUNNING:"],
      ...["not hit:", "quiet:", "shows it first:", "none below:", "WAITING:", "lost:"],
    ])
      expect(text.replace(/\s+/g, " ")).toContain(word);
  });
});

describe("the empty live screen", () => {
  const notes = ["2 requests not understood and refused"];
  const live = { address: "http://127.0.0.1:4318", perSecond: 0, evicted: 0, refused: 2, passedOn: null, notes };

  it("says where to send, how late OpenTelemetry is, and what was refused", async () => {
    const terminal = await start(snapshotOf(diagnosisOf([]), { done: false, live }), { columns: 120, rows: 24 });
    const text = terminal.text();
    expect(text).toContain("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318");
    expect(text).toContain("every 5 s (OTEL_BSP_SCHEDULE_DELAY");
    expect(text).toContain("  2 requests not understood and refused");
    expect(terminal.lines()[0]).toMatch(/^ LIVE {2}0\/s .* lost 2 /);
  });
});

describe("the time of a cancel that nobody heard", () => {
  it("is work for nobody from the cancel to its end, on an axis of that length", async () => {
    const cascade = falseOriginCascade();
    const at = (cascade.firstAt as bigint) + 2_340_000_000n;
    const deaf = {
      ...cascade,
      falseOrigins: [],
      reached: [reached("cache", "gateway", { state: "still-running", at, delayMs: 2_340 })],
      ghosts: [{ service: "cache", durationMs: 2_338, messages: 0, places: [] }],
      evidence: [evidence({ service: "cache", line: 1, at })],
    };
    const terminal = await start(snapshotOf(diagnosisOf([deaf])), { columns: 100 });
    await terminal.type("t");
    expect(terminal.text()).toContain("Nothing shows that anybody heard of it.");
    expect(terminal.text()).toMatch(/cache +▒{30,}▶ +STILL ON \+2\.34 s/);
    expect(terminal.lines()[3]).toMatch(/0\.00 ms .* 2\.\d+ s$/);
  });
});

describe("the time of a cancel, played", () => {
  it("shows only what has happened, and says how much slower", async () => {
    const terminal = await start(snapshotOf(wholeStory()), { columns: 100 });
    await terminal.type("j<enter>t");
    const row = (name: string): string => terminal.lines().find((line) => line.includes(`─ ${name} `)) ?? "";
    expect(row("model")).toContain("▼");
    await terminal.type("p");
    expect(terminal.text()).toContain("played 1,000 times slower");
    expect(row("model")).not.toContain("▼");
    await terminal.type("p");
    expect(terminal.text()).toContain("played 10,000 times slower");
    await terminal.type(".");
    expect(row("model")).toContain("▼");
    expect(terminal.text()).not.toContain("times slower");
  });
});

describe("rows that came a moment ago", () => {
  const cascades = [deadlineCascade("d0", 0, "billing"), deadlineCascade("d1", 1, "billing"), falseOriginCascade()];

  it("are marked, and say how sure only when all of their lines had time to come", async () => {
    const ids = (...some: readonly string[]): ReadonlySet<string> => new Set(some);
    const old = snapshotOf(diagnosisOf(cascades), { done: false });
    const terminal = await start(snapshotOf(old.diagnosis, { done: false, fresh: ids("d1"), young: ids("d1") }));
    const rowOf = (name: string): string => terminal.lines().find((line) => line.slice(2).startsWith(name)) ?? "";
    expect(rowOf("billing")).toMatch(/^>\+billing .* strong /);
    expect(rowOf("gateway")).toMatch(/^ {2}gateway /);
    await terminal.feed(snapshotOf(old.diagnosis, { done: false, fresh: ids("7f3a9c1e"), young: ids("7f3a9c1e") }));
    expect(rowOf("gateway")).toMatch(/^\+ gateway .* … /);
    await terminal.feed(old);
    expect(rowOf("gateway")).toMatch(/^ {2}gateway .* proven /);
  });
});
