import { describe, expect, it } from "vitest";
import { readEvidence } from "../../src/dialects/index.ts";
import { record } from "../support/record.ts";

const CANCEL =
  "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively";

describe("an error whose beginning was taken out of the middle of its line", () => {
  it.each([
    ["ServerStream to B: recv fa\u2026ror, code=12013] [client-side stream] canceled by connection closed", {}],
    [
      "ServerStream to Servi\u20263] [client-side stream] canceled by connection closed",
      { side: "client", path: null },
    ],
    ["KITEX: proc...r-side stream] [canceled path: C] canceled by connection closed", { side: "server", path: ["C"] }],
    [
      "recv fail[...]-side stream] [canceled path: A -> B] canceled by connection closed",
      { side: null, path: ["A", "B"] },
    ],
    ["recv failed<snip>anceled path: A -> B] canceled by connection closed", { side: null, path: ["A", "B"] }],
  ])("keeps the groups that are whole, and is in doubt: %s", (text, groups) => {
    const said = { type: "claim", dialect: "ttstream", code: 12013, kind: "disconnect", cutShort: true };
    expect(readEvidence(record(text))).toMatchObject([{ ...said, ...groups }]);
  });

  it("has the code that its sentence belongs to, or the one that stands there", () => {
    expect(readEvidence(record(`2026 x\u2026007] [server-side stream] [canceled path: A] ${CANCEL}`))).toMatchObject([
      { code: 12007, observation: "received", path: ["A"], cutShort: true },
    ]);
    expect(readEvidence(record("x\u2026, code=1111] [server-side stream] [canceled path: Egress] gone"))).toMatchObject(
      [{ code: 1111, observation: "received", kind: "reset", path: ["Egress"], cutShort: true }],
    );
  });

  it("is looked for in the beginning of a text only, however many words begin as a path does", () => {
    const hostile = `x ${"path: ".repeat(500_000)}`;
    expect(readEvidence(record(hostile))).toEqual([]);
    expect(readEvidence(record(`${"x".repeat(5_000)}\u20263] [client-side stream] ${CANCEL}`))).not.toMatchObject([
      { dialect: "ttstream" },
    ]);
  });

  it("ends inside what an error around it began", () => {
    const inner = "[ttstream error, code=12015] [client-side stream] stream timeout, timeout in ctx: 299ms";
    expect(readEvidence(record(`recv failed: [ttstream errrror: ${inner}`))).toMatchObject([{ cutShort: true }]);
    for (const before of ["[tts-proxy] recv failed: ", "[Error] recv failed: ", ""])
      expect(readEvidence(record(before + inner))[0], before).not.toHaveProperty("cutShort");
  });

  it.each([
    ["the rest of a line that was wrapped", "r-side stream] [canceled path: C] canceled by connection closed"],
    ["words of no error", "recv\u2026client-side stream] opened"],
    ["another program's sides", "the far-side stream] canceled by connection closed"],
    ["a path of files", "config path: /etc/app] canceled by user"],
  ])("is none: %s", (_, text) => {
    expect(readEvidence(record(text)).filter(({ dialect }) => dialect === "ttstream")).toEqual([]);
  });
});
