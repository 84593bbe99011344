import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runProgram } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "streamscope-own-dialects-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const EXAMPLE = "examples/own-dialects.json";
const log = join(folder, "gateway.log");
writeFileSync(log, "2026-11-23T06:57:00.784Z WARN s=4711 session torn down: tab closed after 12.2s\n");

function fileOf(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe("--dialects", () => {
  it("lets scan read what a user's own programs write", async () => {
    expect((await runProgram(["scan", log])).stdout).toMatch(/^No cancel found/);
    const { stdout, code } = await runProgram(["scan", "--dialects", EXAMPLE, log]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/the browser in front of gateway/);
  });

  it("finds it in a file of which only lines with known words are read", async () => {
    const ordinary = `2026-11-23T06:57:00.000Z INFO ${"ordinary words ".repeat(8)}\n`.repeat(80_000);
    const large = fileOf(
      "large.log",
      `${ordinary}2026-11-23T06:57:00.784Z WARN s=4711 SESSION TORN DOWN: Tab closed\n${ordinary}`,
    );
    const { stdout } = await runProgram(["scan", "--json", "--dialects", EXAMPLE, large]);
    expect(JSON.parse(stdout).input.evidence).toBe(1);
  });

  it("lets explain say what they mean", async () => {
    const text = "s=4711 session torn down: tab closed after 12.2s";
    const { stdout } = await runProgram(["explain", "--dialects", EXAMPLE, text]);
    expect(stdout).toMatch(/Acme gateway: The browser closed the connection/);
    expect(stdout).toMatch(/A tab that was put to sleep/);
  });

  it("silences lines that a user knows", async () => {
    const mail = fileOf("mail.log", "2026-11-23T06:57:00Z INFO sent the cancellation report of the day to 3 people\n");
    expect((await runProgram(["scan", mail])).stdout).toMatch(/1 line looks like a cancellation/);
    expect((await runProgram(["scan", "--dialects", EXAMPLE, mail])).stdout).not.toMatch(/looks like/);
  });

  it("tells each mistake with its file, its line and its field", async () => {
    const bad = fileOf(
      "bad.json",
      '{ "dialects": [\n  { "id": "x", "product": "p", "stems": ["torn"],\n    "pattern": "torn(?=x)", "says": "caller", "kind": "cancel",\n    "meaning": "m", "samples": ["torn"], "others": ["born"], "sample": 1 }\n] }\n',
    );
    for (const words of [
      ["scan", "--dialects", bad, log],
      ["explain", "--dialects", bad, "torn"],
    ]) {
      const { code, stderr, stdout } = await runProgram(words);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(`${bad}:4: x: field "sample" is not known`);
    }
    const pattern = fileOf(
      "pattern.json",
      '{ "dialects": [\n  { "id": "x", "product": "p", "stems": ["torn"],\n    "pattern": "torn(?=x)", "says": "caller", "kind": "cancel",\n    "meaning": "m", "samples": ["torn"], "others": ["born"] }\n] }\n',
    );
    expect((await runProgram(["scan", "--dialects", pattern, log])).stderr).toMatch(
      /pattern\.json:3: x: field "pattern": is no regular expression of RE2/,
    );
  });

  it("says where a file cannot be read, and where two have one name", async () => {
    expect(await runProgram(["scan", "--dialects", join(folder, "none.json"), log])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("none.json cannot be read (ENOENT)"),
    });
    const twice = await runProgram(["scan", "--dialects", EXAMPLE, "--dialects", EXAMPLE, log]);
    expect(twice.code).toBe(2);
    expect(twice.stderr).toContain("acme-client-gone stands also in");
  });
});
