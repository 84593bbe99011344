import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { KubectlLogs, type KubectlOptions } from "../../../src/sources/index.ts";

const root = mkdtempSync(join(tmpdir(), "streamscope-kubectl-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/**
 * A kubectl that answers from files: pods.json is the list of pods, `log` what each run prints at once and then as it grows, with the
 * prefix and time as the real one writes them. A file named `end` ends the run.
 */
const FAKE = `#!${process.execPath}
const fs = require("node:fs");
const args = process.argv.slice(2);
fs.appendFileSync("calls", JSON.stringify(args) + "\\n");
if (args[0] === "get") {
  if (fs.existsSync("forbidden")) { console.error("pods is forbidden"); process.exit(1); }
  process.stdout.write(fs.readFileSync("pods.json"));
} else {
  const since = args.find((each) => each.startsWith("--since-time="))?.slice(13) ?? "";
  let at = 0;
  const print = () => {
    const text = fs.readFileSync("log", "utf8");
    for (const line of text.slice(at).split(/(?<=\\n)/)) if (line.split(" ")[1] >= since) process.stdout.write(line);
    at = text.length;
    if (fs.existsSync("end")) { console.error("error: unexpected EOF"); fs.unlinkSync("end"); process.exit(1); }
  };
  print();
  setInterval(print, 5);
}
`;

function pods(...ids: readonly string[]): string {
  return JSON.stringify({
    items: ids.map((id) => ({
      metadata: { name: `chat-${id}`, namespace: "prod" },
      status: { containerStatuses: [{ name: "app", containerID: `containerd://${id}` }] },
    })),
  });
}

const line = (pod: string, second: number, text: string): string =>
  `[pod/chat-${pod}/app] 2026-11-23T06:57:${String(second).padStart(2, "0")}.5Z ${text}\n`;

interface Following {
  readonly write: (name: string, text: string) => void;
  readonly calls: () => string[][];
  readonly notes: string[];
  /** Resolves when so many lines have come, with all of them. */
  readonly lines: (count: number) => Promise<readonly string[]>;
  readonly noted: (part: string) => Promise<void>;
  readonly failure: Promise<unknown>;
  readonly stop: () => Promise<void>;
}

function follow(files: Readonly<Record<string, string>>, options: Partial<KubectlOptions> = {}): Following {
  const folder = mkdtempSync(join(root, "k"));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write("kubectl", `${FAKE.replaceAll('Sync("', `Sync("${folder}/`)}`);
  chmodSync(join(folder, "kubectl"), 0o755);
  for (const [name, text] of Object.entries(files)) write(name, text);
  const abort = new AbortController();
  const notes: string[] = [];
  const waiting = new Set<() => void>();
  const changed = (): void => {
    for (const check of waiting) check();
  };
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!holds()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  const logs = new KubectlLogs({
    selector: "app=chat",
    namespaces: [],
    maxLogRequests: null,
    signal: abort.signal,
    onNote: (text) => {
      notes.push(text);
      changed();
    },
    pollMs: 10,
    env: { PATH: folder },
    ...options,
  });
  let text = "";
  const failure = (async () => {
    try {
      for await (const chunk of logs.chunks()) {
        text += Buffer.from(chunk).toString();
        changed();
      }
      return null;
    } catch (error) {
      return error;
    }
  })();
  const all = (): string[] => text.split(/(?<=\n)/).filter((each) => each !== "");
  return {
    write: (name, added) => (name === "log" ? appendFileSync(join(folder, name), added) : write(name, added)),
    calls: () =>
      readFileSync(join(folder, "calls"), "utf8")
        .trim()
        .split("\n")
        .map((each) => JSON.parse(each) as string[]),
    notes,
    lines: async (count) => {
      await until(() => all().length >= count);
      return all();
    },
    noted: (part) => until(() => notes.some((note) => note.includes(part))),
    failure,
    stop: async () => {
      abort.abort();
      expect(await failure).toBeNull();
    },
  };
}

describe("the logs of pods", () => {
  it("are followed by kubectl logs, from their beginning, all containers at a time", async () => {
    const { lines, calls, stop } = follow({
      "pods.json": pods("a", "b"),
      log: line("a", 1, "one") + line("b", 1, "two"),
    });
    expect(await lines(2)).toEqual([line("a", 1, "one"), line("b", 1, "two")]);
    await stop();
    const logs = calls().find(([verb]) => verb === "logs");
    expect(logs?.join(" ")).toBe(
      "logs -f -l app=chat --prefix --timestamps --all-containers --ignore-errors --tail=-1 --max-log-requests=5 -n prod",
    );
  });

  it("bring those of new pods with them, and no line twice", async () => {
    const { lines, write, stop } = follow({
      "pods.json": pods("a"),
      log: line("a", 1, "one") + line("a", 1, "same time"),
    });
    await lines(2);
    write("log", line("b", 2, "of a new pod"));
    await lines(3);
    write("pods.json", pods("a", "b"));
    write("log", line("a", 3, "later"));
    await lines(4);
    write("log", line("a", 3, "later"));
    expect(await lines(5)).toEqual([
      line("a", 1, "one"),
      line("a", 1, "same time"),
      line("b", 2, "of a new pod"),
      line("a", 3, "later"),
      line("a", 3, "later"),
    ]);
    await stop();
  });

  it("are followed on where kubectl ends, which is told with what it said", async () => {
    const { lines, write, notes, noted, stop } = follow({ "pods.json": pods("a"), log: line("a", 1, "one") });
    await lines(1);
    write("end", "");
    await noted("ended with 1");
    write("log", line("a", 2, "two"));
    expect(await lines(2)).toEqual([line("a", 1, "one"), line("a", 2, "two")]);
    expect(notes).toEqual(["kubectl logs: error: unexpected EOF", "kubectl logs ended with 1; it is run again"]);
    await stop();
  });

  it("of all namespaces or of some are asked for by namespace, from a moment on", async () => {
    const all = follow(
      { "pods.json": pods("a"), log: line("a", 9, "one") },
      { namespaces: "all", since: 0n, maxLogRequests: 7 },
    );
    await all.lines(1);
    await all.stop();
    expect(all.calls()[0]).toContain("-A");
    // Pods are asked for all the while: which call is written down first is a race
    const logs = all.calls().find(([verb]) => verb === "logs");
    expect(logs).toEqual(expect.arrayContaining(["-n", "prod", "--max-log-requests=7"]));
    expect(logs).toContain("--since-time=1970-01-01T00:00:00.000Z");
    const two = follow({ "pods.json": pods("a"), log: line("a", 9, "one") }, { namespaces: ["x", "y"] });
    await two.lines(1);
    await two.stop();
    expect(
      two
        .calls()
        .slice(0, 2)
        .map((call) => call.slice(-2)),
    ).toEqual([
      ["-n", "x"],
      ["-n", "y"],
    ]);
  });

  it("are waited for where no pod is there yet", async () => {
    const { noted, write, lines, stop } = follow({ "pods.json": pods(), log: line("a", 1, "one") });
    await noted("no pod with app=chat is running yet");
    write("pods.json", pods("a"));
    expect(await lines(1)).toEqual([line("a", 1, "one")]);
    await stop();
  });

  it.each([
    ["kubectl get pods: pods is forbidden", { forbidden: "" }, undefined],
    ["kubectl get pods: its answer is no list of pods", { "pods.json": "{}" }, undefined],
    ["there is no kubectl on the PATH", {}, { PATH: join(root, "nowhere") }],
  ])("cannot be had: %s", async (message, files, env) => {
    const { failure } = follow(files, env === undefined ? {} : { env });
    expect(String(await failure)).toContain(message);
  });
});
