/**
 * The Kitex peer as a child process: built from test/interop/kitex-peer once per content, then started and read line by line.
 *
 * Where Go is missing {@link kitexPeer} is null, and a sentence on stderr says so: a skipped interop test must not look like a passed one.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";

const source = join(import.meta.dirname, "../interop/kitex-peer");

/** One line of the peer's log. */
export interface PeerLine {
  readonly ts: string;
  readonly service: string;
  readonly event: string;
  readonly side?: "client" | "server";
  readonly method?: string;
  readonly op?: string;
  readonly to?: string;
  readonly error?: string;
  readonly code?: number;
  readonly count?: number;
  readonly chain?: string;
  readonly text?: string;
  readonly stream_id?: number;
}

/** The path of the built program; null where Go is missing. The first build of a content takes up to a minute. */
export function kitexPeer(): string | null {
  const hash = createHash("sha256");
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(go|mod|sum)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(relative(source, file)).update(readFileSync(file));
  const folder = join(tmpdir(), "streamscope-kitex-peer");
  const program = join(folder, `kitexpeer-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync("go", ["version"], { stdio: "ignore" });
  } catch {
    process.stderr.write("SKIPPED: the interop tests need Go to build the Kitex peer, and there is none\n");
    return null;
  }
  const unfinished = `${program}.${process.pid}`;
  execFileSync("go", ["build", "-trimpath", "-o", unfinished, "."], {
    cwd: source,
    stdio: ["ignore", "ignore", "inherit"],
  });
  renameSync(unfinished, program);
  return program;
}

/** A line of the log; null for what a killed peer left of one. */
function parseLine(line: string): PeerLine | null {
  try {
    return JSON.parse(line) as PeerLine;
  } catch {
    return null;
  }
}

/** A running peer. Disposing kills it. */
export class Peer implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly lines: PeerLine[] = [];
  /** Resolves when the peer has ended. */
  readonly done: Promise<void>;
  #watchers: (() => void)[] = [];

  constructor(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env, cwd?: string) {
    this.process = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], env, cwd });
    const { stdout } = this.process;
    if (stdout === null) throw new Error("the peer has no stdout");
    createInterface({ input: stdout }).on("line", (line) => {
      const read = parseLine(line);
      if (read === null) return;
      this.lines.push(read);
      this.#look();
    });
    this.done = new Promise((resolve) => {
      this.process.once("close", () => {
        resolve();
        this.#look();
      });
    });
  }

  /** The first line that fits, as soon as it is there. Fails where the peer ends without it. */
  async line(fits: (line: PeerLine) => boolean): Promise<PeerLine> {
    for (;;) {
      const found = this.lines.find(fits);
      if (found !== undefined) return found;
      if (this.process.exitCode !== null || this.process.signalCode !== null) {
        throw new Error(`the peer ended without the line; it said ${JSON.stringify(this.lines)}`);
      }
      await new Promise<void>((resolve) => {
        this.#watchers.push(resolve);
      });
    }
  }

  #look(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill("SIGKILL");
    await this.done;
  }
}

/** A port nobody listens at right now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Starts `kitexpeer serve` and waits until it listens. */
export async function serveKitex(
  program: string,
  name: string,
  flags: readonly string[] = [],
): Promise<{ peer: Peer; address: string }> {
  const address = `127.0.0.1:${await freePort()}`;
  const peer = new Peer(program, ["serve", "--name", name, "--listen", address, ...flags]);
  await peer.line((line) => line.event === "listen");
  return { peer, address };
}

/** Runs `kitexpeer call` to its end and returns what it said. */
export async function callKitex(program: string, to: string, flags: readonly string[]): Promise<PeerLine[]> {
  await using peer = new Peer(program, ["call", "--to", to, ...flags]);
  await peer.done;
  return peer.lines;
}

/**
 * Runs `kitexpeer call` until its stream has ended and `heard` has come, and returns what it said by then. A Kitex client that exits right
 * after a cancel takes it along: its frames are sent by a goroutine that nobody waits for.
 */
export async function cancelWithKitex(
  program: string,
  to: string,
  flags: readonly string[],
  heard: Promise<unknown>,
): Promise<PeerLine[]> {
  await using peer = new Peer(program, ["call", "--to", to, "--linger", "5m", ...flags]);
  await peer.line(({ event }) => event === "stream_error");
  await heard;
  return peer.lines;
}
