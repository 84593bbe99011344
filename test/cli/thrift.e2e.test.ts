import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { fixtureModule, fixtures } from "../thriftgen/idl.ts";
import { runProgram } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "streamscope-thrift-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("streamscope thrift", () => {
  it("prints the module", async () => {
    const { code, stdout, stderr } = await runProgram(["thrift", join(fixtures, "chat.thrift")]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(fixtureModule("chat.thrift").text);
  });

  it("writes it to a file, and says what it left out", async () => {
    const out = join(folder, "made.ts");
    const { code, stdout, stderr } = await runProgram(["thrift", join(fixtures, "everything.thrift"), "-o", out]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toContain("left out: Forget");
    expect(readFileSync(out, "utf8")).toBe(fixtureModule("everything.thrift").text);
  });

  it("ends with 2 and file:line where the IDL is wrong, writing nothing", async () => {
    const bad = join(folder, "bad.thrift");
    writeFileSync(bad, "struct A {\n  1: Foo a\n}\n");
    const { code, stdout, stderr } = await runProgram(["thrift", bad]);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: "",
      stderr: `streamscope: ${bad}:2: there is no type Foo\n`,
    });
  });

  it("ends with 3 where there is no such file, and with 2 without one", async () => {
    expect((await runProgram(["thrift", join(folder, "none.thrift")])).code).toBe(3);
    expect((await runProgram(["thrift"])).code).toBe(2);
  });
});
