import { afterEach, describe, expect, it } from "vitest";
import type { Cascade } from "../../src/model/index.ts";
import type { Snapshot } from "../../src/tui/feed.ts";
import { type Past, type PastPage, serviceSubject, starterSubject, type Trend } from "../../src/tui/past.ts";
import { diagnosisOf, falseOriginCascade, snapshotOf, wholeStory } from "../story.ts";
import { type FakeTerminal, openFakeTerminal } from "./fake-terminal.ts";

const GATEWAY = starterSubject("gateway", "gateway", "cancel");
const DAYS = Array.from({ length: 28 }, (_, index) => `2026-10-${String(index + 1).padStart(2, "0")}`);
const TREND: Trend = {
  counts: [...Array<number>(21).fill(1), 0, 0, 2, 9, 9, 9, 9],
  total: 1234,
  first: "2026-01-01",
  before: "2026-10-21",
};

function old(id: string, day: number): Cascade {
  const at = BigInt(Date.UTC(2026, 9, day, 12)) * 1_000_000n;
  return { ...falseOriginCascade(), id, firstAt: at, lastAt: at, evidenceCount: 57 };
}

function page(number: number, cascades: readonly Cascade[], more: Partial<PastPage> = {}): PastPage {
  return { subject: GATEWAY, page: number, cascades, done: true, more: false, damaged: 0, ...more };
}

const PAGES: readonly PastPage[] = [
  page(0, [old("0c1d0000", 20), old("0c1d0001", 19), old("0c1d0002", 12)], { more: true }),
  page(1, [old("0c1d0003", 3)], { damaged: 2 }),
];

function withPast(over: Partial<Past> = {}, snapshot: Snapshot = snapshotOf(wholeStory())): Snapshot {
  const past: Past = {
    file: "cancels.db",
    note: null,
    alone: false,
    days: DAYS,
    trends: new Map([[GATEWAY, TREND]]),
    counted: true,
    from: "2026-01-01",
    to: "2026-10-28",
    pages: PAGES,
    ...over,
  };
  return { ...snapshot, past };
}

let terminal: FakeTerminal;
let asked: [string, number][] = [];
async function start(snapshot: Snapshot, size: { columns?: number; rows?: number } = {}): Promise<void> {
  asked = [];
  terminal = await openFakeTerminal(snapshot, { ...size, onAskPast: (subject, each) => asked.push([subject, each]) });
}
afterEach(async () => {
  terminal.screens.close();
  await terminal.screens.closed;
});

describe.each([
  [80, 24],
  [120, 40],
  [160, 50],
  [40, 12],
] as const)("with a history, at %d columns and %d rows", (columns, rows) => {
  const golden = async (name: string): Promise<void> => {
    const lines = terminal.lines();
    expect(lines.length).toBe(rows);
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`golden/history-${name}-${columns}x${rows}.txt`);
  };

  it("the first screen, old cancels, and one of them look as they should", async () => {
    await start(withPast(), { columns, rows });
    await terminal.type("<end>");
    for (let row = 0; row < 5 && !/^> ?gateway/m.test(terminal.text()); row += 1) await terminal.type("k");
    await golden("origins");
    await terminal.type("b");
    await golden("page");
    await terminal.type("<enter>");
    await golden("cascade");
  });
});

describe("old cancels", () => {
  const toGateway = async (): Promise<void> => {
    await terminal.type("g");
    for (let row = 0; row < 5 && !/^> gateway/m.test(terminal.text()); row += 1) await terminal.type("j");
  };

  it("are asked for once b is pressed, page by page, and gone back from to the row", async () => {
    await start(withPast());
    await toGateway();
    expect(asked).toEqual([]);
    await terminal.type("b");
    expect(terminal.text()).toContain("gateway → before");
    expect(terminal.text()).toMatch(/> 2026-10-20 12:00:00 .*\n {2}2026-10-19 .*\n {2}2026-10-12 /);
    await terminal.type("]");
    expect(terminal.text()).toContain("page 2: 1 cancel, 2026-10-03; 2 damaged ones are left out; [ newer");
    await terminal.type("]");
    expect(terminal.text()).toContain("no older ones are kept");
    await terminal.type("[");
    expect(terminal.text()).toContain("page 1: 3 cancels, 2026-10-20 back to 2026-10-12; ] older");
    await terminal.type("[");
    expect(terminal.text()).toContain("these are the newest");
    expect(asked).toEqual([
      [GATEWAY, 0],
      [GATEWAY, 1],
      [GATEWAY, 0],
    ]);
    await terminal.type("<esc>");
    expect(terminal.text()).toMatch(/^> gateway/m);
  });

  it("open as any other, and say what was kept of them", async () => {
    await start(withPast());
    await toGateway();
    await terminal.type("bj<enter>");
    const text = terminal.text().replace(/\s+/g, " ");
    expect(text).toContain("from the history cancels.db, as it was judged then: ");
    expect(text).toMatch(/\d+ of its 57 lines are kept; what stood around them, and the rest of its trace, are not/);
    expect(text).toMatch(/> gateway +STARTED IT/);
    expect(text).toContain("2026-10-19 12:00:00.000 UTC");
    await terminal.type("w");
    expect(terminal.text()).toContain("gateway cancelled → before → why");
    await terminal.type("]");
    expect(terminal.text()).toContain("2026-10-12 12:00:00.000 UTC");
    await terminal.type("<esc><esc><esc>");
    expect(terminal.text()).toMatch(/^> gateway/m);
  });

  it("of a service in a tree are those that it started or was reached by", async () => {
    await start(withPast());
    await toGateway();
    await terminal.type("<enter>jb");
    expect(asked).toEqual([[serviceSubject("chat"), 0]]);
    expect(terminal.text()).toContain("chat, as starter or reached → before");
  });

  it("of a service that a warning is about are those, too", async () => {
    await start(withPast());
    await terminal.type("!b");
    expect(asked).toEqual([[serviceSubject("chat"), 0]]);
  });

  it("are told of above a tree of today in the trend of its starter", async () => {
    await start(withPast());
    await toGateway();
    await terminal.type("<enter>");
    expect(terminal.text()).toMatch(/^ before {2}▂.* ×5\.4 over the week before, 59 in 28 days, 1,234 in all$/m);
    expect(terminal.text()).not.toContain("from the history");
  });

  it("stay as they were judged", async () => {
    await start(withPast());
    await toGateway();
    await terminal.type("b<enter>o");
    expect(terminal.text()).toContain("it is from the history, and stays as it was judged");
  });

  it("can be compared with one of today", async () => {
    await start(withPast());
    await toGateway();
    await terminal.type("CbjC");
    expect(terminal.text()).toMatch(/cancel +7f3a9c1e +0c1d0001/);
  });

  it("are left out by the filter, which is said", async () => {
    await start(withPast());
    await toGateway();
    await terminal.type("b/id=0c1d0001<enter>");
    expect(terminal.text()).toContain("1 of them meet the filter");
    expect(terminal.text()).toMatch(/> 2026-10-19/);
  });

  it("are shown while the picture is held", async () => {
    await start(withPast({ pages: [] }));
    await toGateway();
    await terminal.type("<space>b".replace("<space>", " "));
    expect(terminal.text()).toMatch(/PAUSED[\s\S]*\n reading/);
    await terminal.feed(withPast());
    expect(terminal.text()).toMatch(/PAUSED[\s\S]*> 2026-10-20/);
  });

  it("are nowhere without a history", async () => {
    await start(snapshotOf(wholeStory()));
    expect(terminal.text()).not.toContain("b before");
    await terminal.type("b");
    expect(terminal.text()).toContain("no history is open: tui --history FILE keeps one and shows it");
  });

  it("a note about the file stays in sight on every screen", async () => {
    const note = "keeps nothing: process 71 on host writes cancels.db";
    await start(withPast({ note }), { columns: 120, rows: 30 });
    for (const keys of ["", "b", "<enter>", "v"]) {
      await terminal.type(keys);
      expect(terminal.lines()[1]).toContain(note);
    }
    expect(terminal.text()).toContain(`history cancels.db: 2026-01-01 to 2026-10-28; ${note}`);
  });
});

describe("a history alone", () => {
  const alone = (over: Partial<Past> = {}): Snapshot => withPast({ alone: true, ...over });

  it("says so, and counts what it holds instead of what was read", async () => {
    await start(alone());
    const [header] = terminal.lines();
    expect(header).toMatch(/^ HISTORY {2}\S+ +\d+ cancels {2}2026-01-01 to 2026-10-28$/);
    await terminal.feed(alone({ counted: false }));
    expect(terminal.lines()[0]).toContain("HISTORY, counting");
  });

  it("with nothing in it says that", async () => {
    const none = snapshotOf(diagnosisOf([]));
    await start(withPast({ alone: true, from: null, to: null, trends: new Map() }, none));
    expect(terminal.text()).toContain("cancels.db: nothing has been kept in it");
  });

  it("its cancels are old ones from the first screen on", async () => {
    await start(alone());
    await terminal.type("o");
    expect(terminal.text()).toContain("it is from the history");
    await terminal.type("<enter>");
    await terminal.type("v");
    expect(terminal.text()).toMatch(/nothing else is read, and\s+nothing is kept/);
    expect(terminal.text()).not.toContain("lost: nothing");
  });
});
