import { describe, expect, it } from "vitest";
import { isHeading, parseHeading } from "../../../src/sources/formats/headings.ts";

const log = { page: false, listing: false };
const page = { page: true, listing: false };

describe("a heading", () => {
  it.each([
    ["tail", "==> logs/chat.log <==", "logs/chat.log"],
    ["kubectl", "==== START logs for container app of pod shop/chat-7d9f8b6c5d-x2v4z ====", "chat-7d9f8b6c5d-x2v4z"],
    ["a patch", "+++ b/logs/chat.log", "logs/chat.log"],
    ["Jira", "{noformat:title=chat.log}", "chat.log"],
    ["Jira, with more", "{code:text|title=chat.log|collapse=true}", "chat.log"],
    ["bat", "       │ File: chat.log", "chat.log"],
    ["ansible", "chat | CHANGED | rc=0 >>", "chat"],
    ["a page", "## `chat.log`", "chat.log"],
    ["bold words", "**chat.log**:", "chat.log"],
  ])("of %s names what follows", (_, text, name) => {
    expect(parseHeading(text, log)).toBe(name);
    expect(isHeading(text)).toBe(true);
    expect(isHeading(Buffer.from(text).toString("latin1"))).toBe(true);
  });

  it("is a name alone in pages only, and a file's name alone where such are listed", () => {
    for (const text of [
      "## chat-api",
      "### chat-api logs",
      "**chat-api**",
      "**`chat-api`:**",
      "<summary>chat-api logs</summary>",
    ]) {
      expect(parseHeading(text, page), text).toBe("chat-api");
      expect(parseHeading(text, log), text).toBeNull();
    }
    expect(parseHeading("logs/chat.log", { page: false, listing: true })).toBe("logs/chat.log");
    expect(parseHeading("logs/chat.log", page)).toBeNull();
  });

  it("is no other text", () => {
    for (const text of [
      "2026/11/23 06:57:00.783910 chat.go:118: [Error] recv: cancel",
      "## What happened next",
      "==> chat.log",
      "=== RUN TestCancel",
      "--- FAIL: TestCancel (0.00s)",
      "+++ chat.go",
      "chat | ERROR | cancel >>",
      "chat-1  | chat.log",
      "failed to open chat.log",
      "{code}",
      "#define X",
      "x".repeat(400),
      "",
    ]) {
      expect(parseHeading(text, { page: true, listing: true }), text).toBeNull();
      expect(isHeading(text), text).toBe(false);
    }
  });
});
