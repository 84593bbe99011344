/** How quickly the screens answer keys while spans arrive. */
import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { readScope } from "../src/cli/options/scope.ts";
import { createReadingFeed } from "../src/cli/terminal/reading-feed.ts";
import { Reading } from "../src/pipeline/index.ts";
import { openFakeTerminal } from "../test/tui/fake-terminal.ts";

const run = promisify(execFile);
const RATE = 100_000;
const KEYS = 60;
const KEY_EVERY_MS = 100;

/** Milliseconds from a key to the picture that follows it, while spans arrive. */
export async function measureKeys(replay: string, file: string): Promise<string> {
  const listen = { host: "127.0.0.1", httpPort: 0, grpcPort: 0, token: null, cors: null, hostNames: [], forward: null };
  const reading = new Reading(
    readScope({ inputs: [], nowMs: Date.now(), listen: { ...listen, redact: null, forMs: null } }),
  );
  const receiver = await reading.open();
  const feed = createReadingFeed(reading, () => "bench");
  const terminal = await openFakeTerminal(feed.snapshot(), { columns: 120, rows: 40 });
  feed.subscribe(() => void terminal.feed(feed.snapshot()));
  const ending = new AbortController();
  const reads = feed.run(ending.signal);
  const seconds = Math.ceil((KEYS * KEY_EVERY_MS) / 1000) + 2;
  const args = ["--endpoint", `${receiver?.httpUrl}/v1/traces`, "--file", file, "--conns", "4", "--json"];
  const load = run(replay, [...args, "--requests", "0", "--rate", String(RATE), "--duration", `${seconds}s`]);
  const times: number[] = [];
  let due = performance.now() + 1_000;
  for (let i = 0; i < KEYS; i += 1) {
    await pause(Math.max(0, due - performance.now()));
    await terminal.type(i % 2 === 0 ? "j" : "k");
    // From the moment it was pressed: also the time for which nobody listened counts
    times.push(performance.now() - due);
    due = Math.max(due + KEY_EVERY_MS, performance.now());
  }
  const { stdout } = await load;
  const { spans_per_s } = JSON.parse(stdout) as { spans_per_s: number };
  const { cascades } = feed.snapshot().diagnosis;
  ending.abort();
  await reads;
  terminal.screens.close();
  times.sort((a, b) => a - b);
  const at = (part: number): string => (times[Math.floor((times.length - 1) * part)] as number).toFixed(0);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(1)} ms at ${Math.round(spans_per_s / 1000)}k spans/s, ${cascades.length} cascades on the screen`;
}
