/** What a history of 90 days with 2,000 cascades a day takes: keeping them, origins per day, words, one cascade, the file. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HistoryReader, HistoryWriter, type Kept, parseSearch, partsOf } from "../src/history/index.ts";
import type { Cascade, Evidence, Kind, Reached } from "../src/model/index.ts";
import { claim } from "../test/support/evidence.ts";

const DAYS = 90;
const A_DAY = 2_000;
const DAY_MS = 86_400_000;
const BATCH = 500;
const LEAST_ROUNDS = 9;
const MOST_ROUNDS = 1_000;
const SPENT_MS = 500;
const FIRST_MS = Date.UTC(2026, 7, 1);

const CHAIN = ["gateway", "chat", "agent", "tools", "model", "search"] as const;
const KINDS: readonly (readonly [Kind, number, string])[] = [
  [
    "cancel",
    12007,
    "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively",
  ],
  ["deadline", 12015, "stream timeout, timeout config=30s"],
  ["disconnect", 12013, "transport is closing: read tcp 10.0.3.17:8888: connection reset by peer"],
  ["handler-return", 12012, "canceled by business handler returning"],
];

/** A cascade through five services below its origin, with a line of each but the first. */
export function cascadeOf(index: number): Cascade {
  const day = Math.floor(index / A_DAY);
  const at = BigInt(FIRST_MS + day * DAY_MS + (index % A_DAY) * Math.floor(DAY_MS / A_DAY)) * 1_000_000n;
  const [kind, code, message] = KINDS[
    index % 7 === 0 ? 1 : index % 11 === 0 ? 2 : index % 13 === 0 ? 3 : 0
  ] as (typeof KINDS)[number];
  const chain = index % 3 === 0 ? CHAIN.slice(1) : CHAIN;
  const traceId = ((BigInt(index) * 0x9e3779b97f4a7c15n) & ((1n << 64n) - 1n)).toString(16).padStart(32, "7");
  const evidence = chain.slice(0, 5).map(
    (service, hop): Evidence =>
      claim({
        service,
        at: at + BigInt(hop) * 90_000n,
        kind,
        code,
        message,
        path: chain.slice(0, hop),
        traceId,
        text: `[ttstream error, code=${code}] [server-side stream] [canceled path: ${chain.slice(0, hop).join(",")}] ${message} req=${index * 31}${index % 5_000 === 0 ? " zebra" : ""}`,
        place: { source: `${service}.log`, line: index },
      }),
  );
  const reached = chain.slice(1).map(
    (service, hop): Reached => ({
      service,
      state: "stopped",
      via: chain[hop] as string,
      side: "server",
      at: at + BigInt(hop) * 90_000n,
      delayMs: hop * 0.09,
      observed: true,
      confidence: "strong",
      places: [{ source: `${service}.log`, line: index }],
      evidenceCount: 1,
    }),
  );
  return {
    id: traceId.slice(16, 32),
    aliases: [],
    traceId,
    count: 1,
    origin: {
      service: chain[0] as string,
      kind,
      code,
      confidence: "proven",
      reasons: [{ rule: "own-text", text: `${chain[0]} says that it cancelled the stream itself`, places: [] }],
    },
    falseOrigins: [],
    reached,
    firstAt: at,
    lastAt: at + 500_000n,
    evidence,
    evidenceCount: 5,
  };
}

/** Keeps 180,000 cascades and asks for them; prints the figures beside what is wanted. */
export async function benchHistory(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "streamscope-history-"));
  const path = join(folder, "history.db");
  try {
    const writer = await HistoryWriter.open(path);
    let cpuMs = 0;
    let wallMs = 0;
    for (let from = 0; from < DAYS * A_DAY; from += BATCH) {
      const batch = Array.from(
        { length: BATCH },
        (_, index): Kept => ({ cascade: cascadeOf(from + index), revision: 1 }),
      );
      const before = performance.now();
      const cpu = process.threadCpuUsage();
      writer.keep(batch, FIRST_MS);
      const { user, system } = process.threadCpuUsage(cpu);
      cpuMs += (user + system) / 1000;
      wallMs += performance.now() - before;
    }
    const fresh = statSync(path).size;
    const from = performance.now();
    while (writer.tend(0));
    const tidyMs = performance.now() - from;
    writer.close();
    const cascades = DAYS * A_DAY;
    const perSecond = (ms: number): string => Math.round((cascades * 1000) / ms).toLocaleString("en-US");
    console.log(
      `kept, a second (of the thread's time)        ${perSecond(cpuMs)}  wanted above 20,000; by the clock ${perSecond(wallMs)}`,
    );
    console.log(
      `the file                                     ${megabytes(fresh)}, tidied in ${(tidyMs / 1000).toFixed(1)} s to ${megabytes(statSync(path).size)}`,
    );
    const reader = await HistoryReader.open(path);
    const days = partsOf(FIRST_MS, FIRST_MS + DAYS * DAY_MS - 1, "day", () => 0);
    measure("origins per day, 90 days", 100, () => reader.counts(days).length);
    measure("new since, an hour before 30 days", 100, () => {
      const to = FIRST_MS + DAYS * DAY_MS;
      return reader.counts([
        { from: to - 30 * DAY_MS, to: to - 3_600_000 },
        { from: to - 3_600_000, to },
      ]).length;
    });
    measure(
      "a word of 36 cascades",
      10,
      () => reader.find({ search: parseSearch("zebra"), limit: 50 }).cascades.length,
    );
    measure(
      "words that most cascades hold, the first 50",
      10,
      () => reader.find({ search: parseSearch('"canceled path" gateway'), limit: 50 }).cascades.length,
    );
    measure("the newest 50", 10, () => reader.find({ limit: 50 }).cascades.length);
    const { traceId = "", id } = cascadeOf(100_001);
    measure("one by its id", 10, () => Number(reader.cascade(id)?.id === id));
    measure("one by its trace", 10, () => reader.find({ search: parseSearch(traceId), limit: 5 }).cascades.length);
    reader.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

/**
 * What an ask takes of the thread's own time, over rounds enough for a clock that the system moves some milliseconds at a time; and by the
 * wall's clock, which others who load the machine are in.
 */
function measure(what: string, wantedMs: number, ask: () => number): void {
  const found = ask();
  const walls: number[] = [];
  const cpu = process.threadCpuUsage();
  for (let spent = 0; walls.length < LEAST_ROUNDS || (spent < SPENT_MS && walls.length < MOST_ROUNDS); ) {
    const before = performance.now();
    ask();
    const wall = performance.now() - before;
    walls.push(wall);
    spent += wall;
  }
  const { user, system } = process.threadCpuUsage(cpu);
  const own = (user + system) / 1000 / walls.length;
  const median = walls.sort((one, other) => one - other)[Math.floor(walls.length / 2)] as number;
  const missed = own > wantedMs ? ": MISSED" : "";
  console.log(
    `${what.padEnd(44)} ${own.toFixed(2)} ms of the thread's time (${found} found)  wanted below ${wantedMs}${missed}; by the clock ${median.toFixed(2)}`,
  );
}
