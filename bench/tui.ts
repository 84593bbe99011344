/**
 * The screens: the first frame, a key's answer and a paste with 10,000 cascades, and what it costs to draw while everything changes.
 *
 * Seconds of the processor are counted: others may be at work on the machine. A key's answer while 100,000 spans a second arrive is measured by `npm run bench otlp`, how old the picture gets by `npm run bench live`.
 */
import { setTimeout as pause } from "node:timers/promises";
import { deadlineCascade, diagnosisOf, snapshotOf } from "../test/story.ts";
import { openFakeTerminal } from "../test/tui/fake-terminal.ts";

const CASCADES = 10_000;
const KEYS = "jjkkGgjwqtqLq!q";
const PASTED = 3_000;
const UPDATES = 30;
const SECONDS = 5;

const cascades = Array.from({ length: CASCADES }, (_, index) =>
  deadlineCascade(`d${index}`, index, `svc${index % 500}`),
);

/** Prints the figures beside their budgets. */
export async function benchTui(): Promise<void> {
  console.log("screens of 10,000 cascades");
  // What is loaded once is no part of a frame
  (await openFakeTerminal(snapshotOf(diagnosisOf([])))).screens.close();
  const snapshot = snapshotOf(diagnosisOf(cascades));
  const started = process.cpuUsage();
  const terminal = await openFakeTerminal(snapshot, { columns: 120, rows: 40 });
  row("first frame", spent(started), 150);
  const times: number[] = [];
  for (const key of KEYS) {
    const pressed = process.cpuUsage();
    await terminal.type(key);
    times.push(spent(pressed));
  }
  times.sort((a, b) => a - b);
  row("a key, median", times[times.length >> 1] as number, 30);
  row("a key, slowest", times.at(-1) as number, 30);
  await terminal.type("/");
  const pasted = process.cpuUsage();
  await terminal.type(`\u001b[200~${"chat gateway ".repeat(PASTED / 13)}\u001b[201~`);
  row(`a paste of ${PASTED} signs`, spent(pasted), 100);
  terminal.screens.close();
  await terminal.screens.closed;
  await benchUpdates();
}

/** The share of a core that drawing takes while the picture changes thirty times a second. */
async function benchUpdates(): Promise<void> {
  const terminal = await openFakeTerminal(snapshotOf(diagnosisOf(cascades)), { columns: 200, rows: 50 });
  const whole = diagnosisOf(cascades);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  for (let update = 1; update <= UPDATES * SECONDS; update += 1) {
    const one = deadlineCascade(`n${update}`, CASCADES + update, "svc1");
    const diagnosis = { ...whole, cascades: [...cascades.slice(1), one] };
    await terminal.feed(snapshotOf(diagnosis, { done: false, records: update }));
    await pause(Math.max(0, startedAt + (update * 1000) / UPDATES - performance.now()));
  }
  const { user, system } = process.cpuUsage(before);
  const share = (user + system) / 1000 / (performance.now() - startedAt);
  console.log(`  ${UPDATES} updates a second at 200x50: ${(share * 100).toFixed(0)} % of a core (budget 25 %)`);
  terminal.screens.close();
  await terminal.screens.closed;
}

/** Milliseconds of the processor since then, other threads of this process included. */
function spent(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function row(what: string, ms: number, budget: number): void {
  console.log(`  ${what}: ${ms.toFixed(0)} ms (budget ${budget} ms)${ms > budget ? "  OVER" : ""}`);
}
