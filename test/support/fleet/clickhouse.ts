/** ClickHouse's engine (the npm package chdb) behind its HTTP interface, as a child process. The package is installed into the cache folder. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CACHE, hashOf } from "../builds.ts";
import { freePort } from "../kitex.ts";
import { Child } from "./child.ts";

const folder = join(import.meta.dirname, "../../interop/clickhouse");
const manifests = ["package.json", "package-lock.json"];

/** The folder in which chdb is installed: 546 MB, some ten seconds, once. */
function installed(): string {
  const path = join(CACHE, `chdb-${hashOf(manifests.map((name) => join(folder, name)))}`);
  if (existsSync(path)) return path;
  process.stderr.write("installing ClickHouse's engine: half a minute, once\n");
  const unfinished = `${path}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  for (const name of manifests) cpSync(join(folder, name), join(unfinished, name));
  // Not `npm ci`, which wants the packages of all platforms in the lock; the versions and checksums in it hold all the same
  execFileSync("npm", ["install", "--ignore-scripts"], { cwd: unfinished, stdio: ["ignore", "ignore", "inherit"] });
  renameSync(unfinished, path);
  return path;
}

/** A running engine, empty at first. Disposing ends it. */
export class ClickHouse implements AsyncDisposable {
  readonly #child: Child;
  readonly #data: string;
  readonly port: number;

  private constructor(child: Child, data: string, port: number) {
    this.#child = child;
    this.#data = data;
    this.port = port;
  }

  /** Starts it and waits until it answers. */
  static async start(): Promise<ClickHouse> {
    const data = mkdtempSync(join(tmpdir(), "streamscope-clickhouse-"));
    const port = await freePort();
    const args = [join(folder, "server.mjs"), installed(), join(data, "store"), String(port)];
    const clickhouse = new ClickHouse(new Child("ClickHouse", process.execPath, args), data, port);
    await clickhouse.#child.eventually(async () => (await fetch(`${clickhouse.url}/ping`)).ok || null);
    return clickhouse;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The answer to a query, in tab-separated lines. */
  async query(sql: string): Promise<string> {
    const response = await fetch(this.url, { method: "POST", body: sql });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  }

  /** Waits until a table has so many rows. */
  async holds(table: string, rows: number): Promise<void> {
    await this.#child.eventually(async () => Number(await this.query(`SELECT count() FROM ${table}`)) >= rows || null);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
    rmSync(this.#data, { recursive: true, force: true });
  }
}
