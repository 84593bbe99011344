/**
 * How old the picture on the screen gets while cancels keep arriving, and how much memory it takes.
 *
 * Ten minutes of a busy system: each second 1,000 chains of four services are cancelled, 20 of them without a trace id. The clock of the
 * evidence is made up, the work is real: evidence arrives at its own time, whatever is done takes as long as it takes the processor, and the
 * screen asks for a picture as it does in the program. A picture is as old as the evidence that it does not show yet.
 */
import { type CascadeStore, createCascadeStore } from "../src/cascade/index.ts";
import { keepHeapSmall, SCREEN_LIMITS } from "../src/cli/terminal/memory.ts";
import { createPace } from "../src/cli/terminal/pace.ts";
import type { Claim, Evidence } from "../src/model/index.ts";
import { at, claim } from "../test/support/evidence.ts";

const SECONDS = 600;
const CHAINS_A_SECOND = 1_000;
/** Every so many chains is without a trace id. */
const UNTRACED = 50;
const BATCH_MS = 100;

const WANTED = { ageMs: 1_000, mib: 700 } as const;
/** The same load before a diagnosis cost what had changed. */
const BEFORE = { ageMs: 5_000, mib: 2_300 } as const;

const SERVICES = ["gateway", "chat", "agent", "model"] as const;

interface Busiest {
  ageMs: number;
  diagnoseMs: number;
  cpuOfASecondMs: number;
  rssMib: number;
}

/** The chain with this number, cancelled by its first service: a span of each stream's two ends, as tracers export them. */
function chain(number: number): Evidence[] {
  const startMs = (number * 1_000) / CHAINS_A_SECOND;
  const traceId = number % UNTRACED === 0 ? null : number.toString(16).padStart(32, "a");
  const span = (end: number): string => (number * 8 + end).toString(16).padStart(16, "b");
  const text = (path: string): string =>
    `rpc error: code = 12007 desc = [ttstream error, code=12007] user code invoking stream RPC with context processed by context.WithCancel, call ${number}${path}`;
  // Ends 0, 2, 4 are clients', 1, 3, 5 the servers' below them
  const line = (ms: number, end: number, fields: Partial<Claim>): Evidence => {
    const depth = (end + 1) >> 1;
    const service = SERVICES[depth] as string;
    const path = depth === 0 ? null : SERVICES.slice(0, depth);
    return claim({
      dialect: "bench",
      at: at(startMs + ms),
      service,
      peer: end % 2 === 0 ? (SERVICES[depth + 1] as string) : null,
      side: end % 2 === 0 ? "client" : "server",
      serves: depth > 0,
      operation: "span",
      method: "Generate",
      traceId,
      spanId: traceId === null ? null : span(end),
      parentSpanId: traceId === null || end === 0 ? null : span(end - 1),
      message: "user code invoking stream RPC with context processed by context.WithCancel",
      path,
      text: text(path === null ? "" : ` [canceled by ${path.join(" -> ")}]`),
      place: traceId === null ? { source: `${service}.log`, line: number } : { traceId, spanId: span(end) },
      ...fields,
    });
  };
  return [
    line(0, 0, { observation: "started" }),
    line(0.3, 1, {}),
    line(0.5, 2, { observation: "relayed" }),
    line(0.8, 3, {}),
    line(1, 4, { observation: "relayed" }),
    line(5 + (number % 40), 5, {}),
  ];
}

/** The processor's time of this thread, in milliseconds: another program on the machine does not make a picture older. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** Feeds a store for so many seconds of the evidence's clock. */
function watch(store: CascadeStore, seconds: number): Busiest {
  const busiest: Busiest = { ageMs: 0, diagnoseMs: 0, cpuOfASecondMs: 0, rssMib: 0 };
  const chainsABatch = (CHAINS_A_SECOND * BATCH_MS) / 1_000;
  let nowMs = 0;
  let shownMs = 0;
  const pause = createPace();
  let nextPictureMs = 0;
  let second = cpuMs();
  let made = 0;
  for (let batch = 1; batch * BATCH_MS <= seconds * 1_000; batch += 1) {
    const arrivedMs = batch * BATCH_MS;
    const before = cpuMs();
    const evidence = Array.from({ length: chainsABatch }, () => chain(made++)).flat();
    const began = cpuMs();
    // Making the evidence up is not the store's work
    second += began - before;
    for (const each of evidence) store.add(each);
    nowMs = Math.max(nowMs, arrivedMs) + cpuMs() - began;
    if (nowMs >= nextPictureMs) {
      const asked = cpuMs();
      store.diagnose();
      const tookMs = cpuMs() - asked;
      nowMs += tookMs;
      busiest.diagnoseMs = Math.max(busiest.diagnoseMs, tookMs);
      busiest.ageMs = Math.max(busiest.ageMs, nowMs - shownMs);
      shownMs = arrivedMs;
      nextPictureMs = nowMs + pause(tookMs);
    }
    if (arrivedMs % 1_000 !== 0) continue;
    const spent = cpuMs() - second;
    second = cpuMs();
    busiest.cpuOfASecondMs = Math.max(busiest.cpuOfASecondMs, spent);
    busiest.rssMib = Math.max(busiest.rssMib, process.memoryUsage().rss / 2 ** 20);
  }
  return busiest;
}

/** Prints the age of the picture and the memory. */
export async function benchLive(): Promise<void> {
  const seconds = Number(process.env["BENCH_SECONDS"] ?? SECONDS);
  console.log(
    `live: ${CHAINS_A_SECOND} cancels a second for ${seconds} s, one in ${UNTRACED} without a trace id (wanted: a picture at most ${WANTED.ageMs} ms old, below ${WANTED.mib} MiB; before: ${BEFORE.ageMs} ms, ${BEFORE.mib} MiB)`,
  );
  keepHeapSmall();
  const store = createCascadeStore(SCREEN_LIMITS);
  const begin = cpuMs();
  const { ageMs, diagnoseMs, cpuOfASecondMs, rssMib } = watch(store, seconds);
  const mean = (cpuMs() - begin) / seconds;
  const { cascades, counts } = store.diagnose();
  console.log(
    `  oldest picture ${ageMs.toFixed(0)} ms  longest diagnosis ${diagnoseMs.toFixed(0)} ms  CPU of a second ${mean.toFixed(0)} ms on average, ${cpuOfASecondMs.toFixed(0)} ms at most  RSS ${rssMib.toFixed(0)} MiB`,
  );
  const count = cascades.reduce((sum, each) => sum + each.count, 0);
  const wrong = cascades.reduce((sum, { origin, count: n }) => sum + (origin.service === "gateway" ? 0 : n), 0);
  console.log(
    `  ${counts.evidence} pieces of evidence: ${count} cascades kept, ${wrong} wrong, late ${counts.late}, dropped ${counts.dropped}`,
  );
}
