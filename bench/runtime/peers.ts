/**
 * The processes of the benchmark, each pinned to the same core.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { freePort, kitexPeer, Peer } from "../../test/support/kitex.ts";
import type { Load } from "./load.ts";
import type { Figure, Order } from "./worker.ts";

const CORE = "1";

/** A pair of processes that carries loads. */
export interface Pair extends AsyncDisposable {
  readonly name: string;
  run(order: Order): Promise<Figure>;
}

/** True where processes can be pinned. */
export function canPin(): boolean {
  try {
    execFileSync("taskset", ["-c", CORE, "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function pinned(program: string, args: readonly string[]): [string, string[]] {
  return canPin() ? ["taskset", ["-c", CORE, program, ...args]] : [program, [...args]];
}

/** The next message of a process; fails where it ends instead. */
function heard<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const message = (value: unknown) => {
      child.off("exit", ended);
      resolve(value as Message);
    };
    const ended = (code: number | null) => reject(new Error(`a process of the benchmark ended with ${code}`));
    child.once("message", message);
    child.once("exit", ended);
  });
}

/** Starts server and client of a system in Node. With a folder, both write CPU profiles into it when they end. */
export async function nodePair(name: string, profiles: string | null): Promise<Pair> {
  const worker = join(import.meta.dirname, "worker.ts");
  const start = (role: string, ...rest: string[]) => {
    const flags =
      profiles === null
        ? []
        : ["--cpu-prof", `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${name}-${role}.cpuprofile`];
    const [program, args] = pinned(process.execPath, [...flags, worker, role, name, ...rest]);
    return spawn(program, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  };
  const server = start("serve");
  const address = await heard<string>(server);
  const client = start("load", address, String(server.pid));
  await heard(client);
  return {
    name,
    async run(order) {
      const figure = heard<Figure>(client);
      client.send(order);
      return await figure;
    },
    async [Symbol.asyncDispose]() {
      for (const child of [client, server]) {
        const gone = once(child, "exit");
        child.disconnect();
        await gone;
      }
    },
  };
}

interface KitexFigure {
  readonly per_second: number;
  readonly client_cpu_s_per_M: number;
  readonly server_cpu_s_per_M: number;
}

/** Starts a Kitex server; every run has a client of its own. Null without Go. */
export async function kitexPair(): Promise<Pair | null> {
  const program = kitexPeer();
  if (program === null) return null;
  const address = `127.0.0.1:${await freePort()}`;
  const peer = new Peer(...pinned(program, ["serve", "--quiet", "--name", "server", "--listen", address]));
  await peer.line((line) => line.event === "listen");
  const pid = String(peer.process.pid);
  return {
    name: "kitex",
    async run({ load, warmUpMs, lengthMs }) {
      const [command, args] = pinned(program, [
        "bench",
        `--to=${address}`,
        `--method=${methodOf(load)}`,
        `--streams=${load.streams}`,
        `--payload=${load.payload}`,
        `--warm-up=${warmUpMs}ms`,
        `--duration=${lengthMs}ms`,
        `--server-pid=${pid}`,
      ]);
      const child = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"] });
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      await once(child, "close");
      const line = text.trim().split("\n").at(-1) ?? "";
      const figure = JSON.parse(line) as KitexFigure;
      return { perSecond: figure.per_second, cpuMicros: figure.client_cpu_s_per_M + figure.server_cpu_s_per_M };
    },
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  };
}

function methodOf({ shape }: Load): string {
  return shape === "serverStreaming" ? "ServerStream" : "BidiStream";
}
