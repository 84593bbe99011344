/**
 * A process of the benchmark: `worker.ts serve|load SYSTEM [ADDRESS SERVER-PID]`, driven over Node's IPC.
 */
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { Load, System } from "./load.ts";

/** What the parent asks of a load process. */
export interface Order {
  readonly load: Load;
  readonly warmUpMs: number;
  readonly lengthMs: number;
}

/** What one run gave. */
export interface Figure {
  readonly perSecond: number;
  /** CPU time of client and server together, in microseconds a message; null where it cannot be read. */
  readonly cpuMicros: number | null;
}

const systems: Readonly<Record<string, () => Promise<System>>> = {
  raw: async () => (await import("./raw.ts")).raw,
  grpc: async () => (await import("./grpc.ts")).grpcSystem(false),
  scoped: async () => (await import("./grpc.ts")).grpcSystem(true),
  ours: async () => (await import("./ours.ts")).ours,
};

/** User and system time of another process in microseconds (Linux counts hundredths of a second); null elsewhere. */
function cpuOf(pid: number): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return null;
  }
}

async function main([role, name = "", address = "", pid = ""]: readonly string[]): Promise<void> {
  const system = await systems[name]?.();
  if (system === undefined) throw new TypeError(`no system called ${name}`);
  const say = (message: unknown) => process.send?.(message);
  process.on("disconnect", () => process.exit(0));
  if (role === "serve") {
    say(await system.serve());
    return;
  }
  const maker = await system.connect(address);
  process.on("message", async ({ load, warmUpMs, lengthMs }: Order) => {
    let count = 0;
    const stop = maker.start(load, () => {
      count += 1;
    });
    await wait(warmUpMs);
    const before = { count, time: performance.now(), own: process.cpuUsage(), server: cpuOf(Number(pid)) };
    await wait(lengthMs);
    const messages = count - before.count;
    const seconds = (performance.now() - before.time) / 1000;
    const own = process.cpuUsage(before.own);
    const server = cpuOf(Number(pid));
    stop();
    const cpu = server === null || before.server === null ? null : own.user + own.system + server - before.server;
    const figure: Figure = { perSecond: messages / seconds, cpuMicros: cpu === null ? null : cpu / messages };
    say(figure);
  });
  say("ready");
}

if (import.meta.main) await main(process.argv.slice(2));
