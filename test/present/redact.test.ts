import { describe, expect, it } from "vitest";
import { readRedaction } from "../../src/cli/options/redact.ts";
import { redactBytes, redactData, redactText } from "../../src/present/index.ts";
import { runProgram } from "../cli/program.ts";

const standard = await readRedaction({});

describe("redaction", () => {
  it.each([
    ["Authorization: Bearer abcdef0123456789", "Authorization: Bearer [redacted]"],
    ["got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln here", "got [redacted] here"],
    ["key AKIAIOSFODNN7EXAMPLE used", "key [redacted] used"],
    ["sk-proj-abcdefghijklmnop1234", "[redacted]"],
    ["password=hunter22 user=bob", "password=[redacted] user=bob"],
    ['{"api_key":"0123456789"}', '{"api_key":"[redacted]"}'],
    ["postgres://bob:hunter2@db:5432/x", "postgres://bob:[redacted]@db:5432/x"],
  ])("takes the secret out of %s", (text, clean) => expect(redactText(text, standard)).toBe(clean));

  it.each([
    "[ttstream error, code=12007] [server-side stream] [canceled path: ServiceA -> ServiceB] user code",
    "token stream ended: context canceled",
    "tokens: client cancelled the stream",
    "rpc error: code = Canceled desc = context canceled [triggered by ServiceA]",
    "http://gateway:8080/v1/chat?id=1",
  ])("leaves %s as it is", (text) => expect(redactText(text, standard)).toBe(text));

  it("keeps objects without secrets, and ids", () => {
    const data = { id: "AKIAIOSFODNN7EXAMPLE", list: [{ text: "clean" }, { text: "pwd: 123456" }], at: 5n };
    const clean = redactData(data, standard);
    expect(clean).toEqual({ id: data.id, list: [{ text: "clean" }, { text: "pwd: [redacted]" }], at: 5n });
    expect(clean.list[0]).toBe(data.list[0]);
    expect(redactData(data, null)).toBe(data);
  });

  it("overwrites bytes without changing their number", () => {
    const bytes = Buffer.from("\u0001\u0080ü token=abcdefgh \u00ff");
    const clean = redactBytes(bytes, standard);
    expect(clean.length).toBe(bytes.length);
    expect(clean.toString()).toBe("\u0001\u0080ü token=******** \u00ff");
  });

  it("takes secrets and what the user names out of reports", async () => {
    const input =
      '{"time":"2026-11-23T06:57:00Z","service":"chat","msg":"[ttstream error, code=12008] [client-side stream] user 4711 token=abcdefgh left"}\n';
    const { stdout } = await runProgram(["scan", "--all", "--redact", "user \\d+", "-"], { input });
    expect(stdout).toContain("[redacted] token=[redacted] left");
    expect(stdout).not.toMatch(/4711|abcdefgh/);
    const open = await runProgram(["scan", "--all", "--no-redact", "-"], { input });
    expect(open.stdout).toContain("user 4711 token=abcdefgh left");
  });

  it("takes out every match of a user's pattern, of the text it is written in", async () => {
    const own = await readRedaction({ redact: ["[uú]ser \\d+", "(a|b)c$"] });
    expect(redactText("user 1 and úser 22, bc ac", own)).toBe("[redacted] and [redacted], bc [redacted]");
    expect(redactBytes(Buffer.from("x user 12 y"), own).toString()).toBe("x ******* y");
  });

  it("ends whatever the pattern and the text are", async () => {
    const own = await readRedaction({ redact: ["(a+)+$", "(x|x)*y"] });
    const hostile = `${"a".repeat(5_000)}! ${"x".repeat(5_000)}`;
    expect(redactText(hostile, own)).toBe(hostile);
  });

  it.each([
    ["(", '--redact "(" is no regular expression of RE2'],
    ["(?=a)", "looking around"],
    ["a*", "fits an empty text"],
  ])("says what is wrong with a pattern: %s", async (pattern, message) => {
    await expect(readRedaction({ redact: [pattern] })).rejects.toThrow(message);
  });
});
