/** Files whose lines contradict one owner, and those that only tell one address twice. */
import { describe, expect, it } from "vitest";
import { inShort, onlyCascade } from "../../support/told.ts";

const line = (second: number, text: string): string =>
  `2026-11-27 06:57:${String(second).padStart(2, "0")},239 INFO  [main] com.acme.ChatService - ${text}`;
const ends = (listening: readonly string[]): Readonly<Record<string, readonly string[]>> => ({
  agent: [
    ...listening.map((text, index) => line(index, text)),
    line(30, "[704fdf35] calling model"),
    line(31, "[704fdf35] moderation: blocked content, cancelling call to model"),
  ],
  model: [line(30, "[a08369bd] generation started"), line(31, "[a08369bd] generation aborted after 16 tokens")],
});

describe("a file in which a server says where it listens", () => {
  it.each([
    [["Listening on http://127.0.0.1:49666/", "Started on port 49666"]],
    [["listening on 0.0.0.0:8080", "server started at 10.4.0.7:8080"]],
    [["listening on [::]:8080", "listening on localhost:8080"]],
  ])("is one service's where it is said twice: %j", (listening) => {
    expect(inShort(onlyCascade(ends(listening)))).toBe("agent cancel strong -> model");
  });

  it.each([
    [["listening on 127.0.0.1:8080", "listening on 127.0.0.1:8081"]],
    [["listening on 10.4.0.7:8080", "listening on 10.4.0.8:8080"]],
  ])("is nobody's where two servers say it: %j", (listening) => {
    expect(onlyCascade(ends(listening)).origin.service).not.toBe("agent");
  });
});
