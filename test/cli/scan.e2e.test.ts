import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import stringWidth from "string-width";
import { afterAll, describe, expect, it } from "vitest";
import { recordings, root, runProgram, runShell } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "streamscope-scan-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cancel = "examples/recordings/1-cancel.jsonl";

describe("streamscope scan", () => {
  it("says who started the cancel, who only looks so, and why", async () => {
    const { code, stdout, stderr } = await runProgram(["scan", cancel]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout.split("\n")[0]).toBe("gateway started it: its own code cancelled the call (code 12007)");
    expect(stdout).toMatch(
      /gateway +STARTED IT\n +└─ chat .* looks like the origin and is not\n +└─ agent .*\n +└─ model /,
    );
    expect(stdout).toContain("why not chat");
    expect(stdout).toMatch(/1-cancel\.jsonl:4 +gateway: \[ttstream error, code=12007\] \[client-side stream\]/);
  });

  it.runIf(existsSync("/dev/full"))(
    "says that its report cannot be written, in every command, with an exit code",
    async () => {
      for (const command of [`scan ${cancel}`, `scan --json ${cancel}`, "--version", "--help", "explain x"]) {
        const { code, stderr } = await runShell(`streamscope ${command} > /dev/full`);
        expect(code).toBe(74);
        expect(stderr).toMatch(/^streamscope: what is printed cannot be written: ENOSPC.*\n$/);
      }
      expect(await runShell(`streamscope scan ${cancel} 2> /dev/full | head -1`)).toMatchObject({ code: 0 });
    },
  );

  it("says the name of a missing file on one line, whatever is in it", async () => {
    const { code, stderr } = await runProgram(["scan", "no\nsuch.log"]);
    expect(code).toBe(3);
    expect(stderr.trimEnd().split("\n").at(-1)).toBe(
      "  no\\nsuch.log: cannot be read: there is no such file or folder",
    );
  });

  it("says what it read, and what would have told more, where it found no cancel", async () => {
    const file = join(folder, "gateway.log");
    writeFileSync(
      file,
      `{"time":"2026-11-23T06:57:02.1Z","level":"info","msg":"calling","peer":"agent"}
{"time":"2026-11-23T06:57:02.2Z","level":"error","msg":"could not parse answer 17"}
{"time":"2026-11-23T06:57:03.3Z","level":"warn","msg":"cancelation flag seen for 4711"}
`,
    );
    const { stdout } = await runProgram(["scan", file]);
    expect(stdout).toMatch(/^No cancel found · 1 input, 3 records read/);
    expect(stdout).toMatch(/looked at: gateway 3 lines/);
    expect(stdout).toMatch(/1x .*gateway\.log:2 {2}could not parse answer 17/);
    expect(stdout).toMatch(/- the logs of agent: they are called here, and nothing of theirs was read/);
    const listed = await runProgram(["scan", "--show", "unmatched", file]);
    expect(listed.stdout).toMatch(/unmatched \(1 line\)[\s\S]*gateway\.log:3 {2}cancelation flag seen for 4711/);
    expect((await runProgram(["scan", "--show", "unmatched", cancel])).stdout).toMatch(/Every line that looks like/);
    const { input } = JSON.parse((await runProgram(["scan", "--json", file])).stdout);
    expect(input.unmatchedLines).toMatchObject([{ text: "cancelation flag seen for 4711", place: { line: 3 } }]);
    expect(input.read.services).toEqual([{ service: "gateway", lines: 3, spans: 0 }]);
  });

  it("reads standard input where it is a pipe, with - and without", async () => {
    const input = readFileSync(join(root, cancel), "utf8");
    const named = await runProgram(["scan", "-"], { input });
    const bare = await runProgram(["scan"], { input });
    expect(named.stdout).toBe(bare.stdout);
    expect(named.stdout).toMatch(/^gateway started it/);
    expect(named.stdout).toContain("stdin:4");
  });

  it("prints JSON that its schema describes", async () => {
    const { code, stdout } = await runProgram(["scan", "--json", recordings]);
    expect(code).toBe(0);
    const validate = new Ajv({ strict: false }).compile(
      JSON.parse(readFileSync(join(root, "docs/scan.schema.json"), "utf8")),
    );
    const report = JSON.parse(stdout);
    validate(report);
    expect(validate.errors ?? null).toBeNull();
    expect(report.cascades.map((each: { origin: object }) => each.origin)).toMatchObject([
      { service: "gateway", kind: "cancel" },
      { service: "chat", kind: "deadline" },
      { service: "chat", kind: "disconnect" },
    ]);
    expect(report.cascades[0].falseOrigins).toMatchObject([{ service: "chat" }]);
  });

  it.each([
    ["jsonl", /^\{"type":"cascade"/],
    ["markdown", /^# Stream cancellations\n/],
    ["mermaid", /^flowchart LR\n/],
    ["text", /^1\. gateway started it/],
  ])("prints %s", async (format, beginning) => {
    const { code, stdout } = await runProgram(["scan", "--format", format, recordings]);
    expect(code).toBe(0);
    expect(stdout).toMatch(beginning);
  });

  it.each([
    [["--where", "kind=deadline"], ["deadline"]],
    [["--where", "kind!=deadline", "--where", "origin=chat"], ["disconnect"]],
    [["--where", "origin=gateway"], ["cancel"]],
    [["--where", "text=timeout in ctx"], ["deadline"]],
    [["--since", "2026-11-23T06:57:05Z", "--until", "2026-11-23T06:57:10Z"], ["deadline"]],
    [["--until", "2026-11-23 08:57:05", "--timezone", "+02:00"], ["cancel"]],
    [["--since", "2020-01-01", "--until", "2020-01-02"], []],
  ])("%j keeps %j", async (options, kinds) => {
    const { stdout } = await runProgram(["scan", "--json", ...options, recordings]);
    const report = JSON.parse(stdout);
    expect(report.cascades.map((each: { origin: { kind: string } }) => each.origin.kind)).toEqual(kinds);
    expect(report.origins.length).toBe(kinds.length);
  });

  it("gives a source the name that the user says", async () => {
    const renamed = join(folder, "pod-7.log");
    const line =
      "2026/11/23 06:57:00.783910 chat.go:118: [Error] recv failed: [ttstream error, code=12007] [client-side stream] user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively\n";
    writeFileSync(renamed, line);
    const { stdout } = await runProgram([
      "scan",
      "--json",
      "--timezone",
      "UTC",
      "--service",
      "checkout=pod-*.log",
      renamed,
    ]);
    expect(JSON.parse(stdout).cascades[0].origin.service).toBe("checkout");
  });

  it.each([
    [["any"], 1],
    [["false-origin"], 1],
    [["kind=disconnect"], 1],
    [["origin=gateway"], 1],
    [["kind=shutdown"], 0],
    [["origin=nobody"], 0],
    [["unexplained"], 0],
    [["ghost-work"], 0],
    [["kind=shutdown", "origin=chat"], 1],
  ])("--fail-on %j ends with %d", async (conditions, wanted) => {
    const { code, stdout, stderr } = await runProgram([
      "scan",
      ...conditions.flatMap((condition) => ["--fail-on", condition]),
      recordings,
    ]);
    expect(code).toBe(wanted);
    expect(stdout).toContain("gateway started it");
    if (wanted === 1) expect(stderr).toContain(`--fail-on ${conditions.at(-1)} holds: `);
    else expect(stderr).toBe("");
  });

  it("applies --where before --fail-on", async () => {
    const { code } = await runProgram(["scan", "--where", "kind=deadline", "--fail-on", "false-origin", recordings]);
    expect(code).toBe(0);
  });

  it.each([
    [["scan", "--format", "xml", cancel], /Allowed choices are text, json/],
    [["scan", "--colour", cancel], /unknown option '--colour'\nSee: streamscope scan --help/],
    [["scan", "--listn", cancel], /unknown option '--listn'; did you mean --listen\?\nSee/],
    [["tui", "--for", "3s"], /unknown option '--for'; it is an option of scan\nSee: streamscope tui/],
    [["demo", "--json"], /unknown option '--json'; it is an option of scan and history\n/],
    [
      ["scan", "--listen", "notanaddress:x,y", "--for", "1s"],
      /--listen notanaddress:x,y: it is no address.*:14318,14317/,
    ],
    [["thrift", "a.thrift", "-o", "chat.mjs"], /--out chat\.mjs: the module is TypeScript; name it chat\.mts/],
    [["scan", "--where", "kind=oops", cancel], /there is no kind "oops"; use one of cancel, deadline/],
    [["scan", "--where", "sure<oops", cancel], /proven, strong, weak/],
    [["scan", "--fail-on", "sometimes", cancel], /use any, unexplained, false-origin, ghost-work/],
    [["scan", "--since", "yesterday", cancel], /write a duration such as 15m/],
    [["scan", "--since", "1m", "--until", "2h", cancel], /is later than --until/],
    [["scan", "--timezone", "Mars/Olympus", cancel], /such as Europe\/Berlin/],
    [["scan", "--timezone", "chat=Mars/Olympus", cancel], /such as Europe\/Berlin/],
    [["scan", "--timezone", "=UTC", cancel], /write NAME=ZONE/],
    [["scan", "--service", "chat", cancel], /write NAME=GLOB/],
    [["scan", "--limit", "0", cancel], /whole number of at least 1/],
    [["scan", "--json", "--format", "mermaid", cancel], /leave one of them out/],
    [["scna", cancel], /unknown command 'scna'[\s\S]*streamscope scan FILE/],
    [[], /Usage: streamscope/],
    [["tui", cancel], /needs a terminal.*streamscope scan FILE/],
    [["tui"], /needs a terminal/],
  ])("%j is wrong usage and says what to do", async (args, message) => {
    const { code, stdout, stderr } = await runProgram(args);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
  });

  it("ends with 3 where no input could be read, and names each", async () => {
    const { code, stdout, stderr } = await runProgram(["scan", "no/such.log", "nor/this.log"]);
    expect(code).toBe(3);
    expect(stdout).toBe("");
    expect(stderr).toContain("no/such.log: ");
    expect(stderr).toContain("nor/this.log: ");
  });

  it("goes on where one of several inputs cannot be read, and says which", async () => {
    const { code, stdout } = await runProgram(["scan", cancel, "no/such.log"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^gateway started it/);
    expect(stdout).toContain("1 input (1 not read, or not as a whole)");
    expect(stdout).toContain("no/such.log: ");
  });

  it("ends with 3 where one of several inputs cannot be read and --strict asks for all", async () => {
    const { code, stdout } = await runProgram(["scan", "--strict", "--json", cancel, "no/such.log"]);
    expect(code).toBe(3);
    const { input } = JSON.parse(stdout);
    expect(input).toMatchObject({ inputs: 1, unread: 1, diagnostics: [{ place: { source: "no/such.log" } }] });
    expect((await runProgram(["scan", "--strict", cancel])).code).toBe(0);
    const both = await runProgram(["scan", "--strict", "--fail-on", "any", cancel, "no/such.log"]);
    expect(both.code).toBe(1);
  });

  it("keeps the words of its schema whatever --redact matches", async () => {
    const { code, stdout } = await runProgram(["scan", "--json", "--redact", "[a-z]+", recordings]);
    expect(code).toBe(0);
    const validate = new Ajv({ strict: false }).compile(
      JSON.parse(readFileSync(join(root, "docs/scan.schema.json"), "utf8")),
    );
    const report = JSON.parse(stdout);
    validate(report);
    expect(validate.errors ?? null).toBeNull();
    expect(report.cascades[0].origin).toMatchObject({ service: "[redacted]", kind: "cancel", confidence: "proven" });
    expect(report.cascades[0].origin.reasons[0].rule).toBe("own-text");
    const text = await runProgram(["scan", "--redact", "cancel", cancel]);
    expect(text.stdout).toMatch(/^gateway started it: its own code cancelled the call/);
  });

  it.each([
    ["--where", "who=nobody"],
    ["--since", "2026-11-24"],
    ["--until", "2026-11-22"],
  ])("says that %s %s left out what was found", async (...condition) => {
    const { code, stdout } = await runProgram(["scan", ...condition, cancel]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^No cancel meets the conditions .*: \d+ lines about cancels do not/),
    ]);
    const json = await runProgram(["scan", "--json", ...condition, cancel]);
    const { cascades, input } = JSON.parse(json.stdout) as { cascades: unknown[]; input: { leftOut: number } };
    expect([cascades, input.leftOut > 0]).toEqual([[], true]);
  });

  it("finds nothing in an empty file and says so", async () => {
    const empty = join(folder, "empty.log");
    writeFileSync(empty, "");
    const { code, stdout } = await runProgram(["scan", empty]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Nothing was read, which is no all-clear · 1 input, 0 records/);
  });

  it("makes people happy who pipe into head, grep and jq", async () => {
    const head = await runShell(`set -o pipefail; streamscope scan --all ${recordings} ${recordings} | head -1`);
    expect(head).toMatchObject({ code: 0, stderr: "" });
    expect(head.stdout.split("\n").length).toBe(2);
    const grep = await runShell(`streamscope scan ${recordings} | grep -c 'STARTED IT'`);
    expect(grep.stdout.trim()).toBe("3");
    const failing = await runShell(`set -o pipefail; streamscope scan --fail-on any ${recordings} | head -1`);
    expect(failing.code).toBe(1);
  });

  it("survives a reader that closes at once while megabytes are to come", async () => {
    const big = join(folder, "big.jsonl");
    const line = readFileSync(join(root, cancel), "utf8").split("\n")[3] as string;
    const lines = Array.from({ length: 3_000 }, (_, index) => line.replace("gateway", `svc${index}`));
    writeFileSync(big, lines.join("\n"));
    const { code, stderr } = await runShell(`set -o pipefail; streamscope scan --all ${big} | true`);
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  it("has no colours without a terminal, nor with NO_COLOR; FORCE_COLOR asks for them", async () => {
    expect((await runProgram(["scan", cancel])).stdout).not.toContain("\u001b");
    expect((await runProgram(["scan", cancel], { env: { FORCE_COLOR: "1" } })).stdout).toContain("\u001b[1;38;5;208m");
    const both = await runProgram(["scan", cancel], { env: { FORCE_COLOR: "1", NO_COLOR: "1" } });
    expect(both.stdout).not.toContain("\u001b");
  });

  it("lines up names of any script", async () => {
    const log = join(folder, "scripts.jsonl");
    const names: Readonly<Record<string, string>> = { gateway: "网关", chat: "чат", agent: "ايجنت", model: "模型👩‍👧" };
    const text = readFileSync(join(root, cancel), "utf8").replace(
      /gateway|chat(?=")|agent|model/g,
      (name) => names[name] ?? name,
    );
    writeFileSync(log, text.replaceAll("path: chat", "path: чат"));
    const { code, stdout, stderr } = await runProgram(["scan", log]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^网关 started it/);
    const tree = stdout.split("\n").filter((line) => / {2}(STARTED IT|stopped|looks like)/.test(line));
    const columns = tree.map((line) => stringWidth(line.replace(/(STARTED|stopped|looks like).*/, "")));
    expect(tree.length).toBe(4);
    expect(new Set(columns).size).toBe(1);
  });

  it("shows what is hostile in a log instead of doing it", async () => {
    const evil = join(folder, "evil.jsonl");
    const service = "chat\u001b]0;owned\u0007\u009b2J\u202egpj.exe\u0000";
    const path = `${service} -> b`;
    const err = `[ttstream error, code=12007] [server-side stream] [canceled path: ${path}] user code \u001b[2J\r\u2066`;
    writeFileSync(evil, `${JSON.stringify({ time: "2026-11-23T06:57:00Z", level: "error", service, err })}\n`);
    for (const args of [[], ["--json"], ["--format", "jsonl"], ["--format", "markdown"], ["--format", "mermaid"]]) {
      const { code, stdout, stderr } = await runProgram(["scan", "--all", ...args, evil]);
      expect(code).toBe(0);
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      expect(stdout).toContain("owned");
    }
    const missing = await runProgram(["scan", "no\u001b[2Jsuch\u202e.log"]);
    expect(missing.stderr).toContain("no\\x1b[2Jsuch\\u202e.log");
    expect(missing.stderr).not.toMatch(/[\u001b\u202e]/);
  });
});

describe("streamscope", () => {
  it("never recommends logs of several pods without their names", async () => {
    for (const args of [["--help"], ["scan", "--help"], ["tui", "--help"]]) {
      const { stdout } = await runProgram(args);
      for (const line of stdout.split("\n").filter((each) => each.includes("kubectl logs -l")))
        expect(line).toContain("--prefix");
    }
  });

  it("prints its version", async () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    for (const args of [["--version"], ["-V"]])
      expect(await runProgram(args)).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it.each([[["--help"]], [["scan", "--help"]], [["explain", "--help"]], [["tui", "-h"]], [["help", "scan"]]])(
    "%j teaches with examples",
    async (args) => {
      const { code, stdout, stderr } = await runProgram(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/Examples:\n {2}\S/);
    },
  );

  it("shows the recorded demo as a report where there is no terminal", async () => {
    const { code, stdout } = await runProgram(["demo", "--recorded"]);
    expect(code).toBe(0);
    expect(stdout).toContain("gateway started it: its own code cancelled the call");
    expect(stdout).toContain("why not chat");
    expect(stdout).toContain("chat started it: its 300 ms for agent ran out");
    expect(stdout).toContain("chat started it: it died or lost its connection");
    expect(stdout).toContain("examples/recordings/1-cancel.jsonl:4");
  });
});
