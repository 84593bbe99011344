import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Cascade } from "../../src/model/index.ts";
import { diagnose, evidenceOf } from "../support/diagnose.ts";

/** The cascades in logs of services, each named by its file. */
async function cascadesIn(logs: Readonly<Record<string, readonly string[]>>): Promise<readonly Cascade[]> {
  const folder = mkdtempSync(join(tmpdir(), "streamscope-edge-logs-"));
  try {
    const files = Object.entries(logs).map(([service, lines]) => {
      const file = join(folder, `${service}.log`);
      writeFileSync(file, lines.map((line, at) => `2026-11-20T10:00:00.00${at}Z ${line}\n`).join(""));
      return file;
    });
    return diagnose(await evidenceOf(files)).cascades;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const CHAT = "ERROR stream ended: [ttstream error, code=12013] [server-side stream] [canceled path: gateway]";
const MODEL = "ERROR stream ended: [ttstream error, code=12013] [server-side stream] [canceled path: gateway -> chat]";

describe("logs of a chain whose HTTP client ended the request", () => {
  it.each([
    ["the HTTP client left", "disconnect"],
    ["the HTTP client aborted its upload", "disconnect"],
    ["the HTTP client sent what is no HTTP", "reset"],
  ])("say that %s, at the edge, with the edge's own line and without it", async (words, kind) => {
    const gateway = [`ERROR request ended: [ttstream error, code=12013] [server-side stream] ${words}`];
    const below = { chat: [`${CHAT} ${words}`], model: [`${MODEL} ${words}`] };
    for (const logs of [{ gateway, ...below }, below, { model: below.model }]) {
      const cascades = await cascadesIn(logs);
      expect(cascades).toHaveLength(1);
      expect(cascades[0]?.origin).toMatchObject({ service: "gateway", external: "the HTTP client of gateway" });
      expect(cascades[0]?.origin.kind).toBe(kind);
      expect(cascades[0]?.reached.map(({ service }) => service)).toEqual(["chat", "model"]);
      expect(cascades[0]?.falseOrigins).toEqual([]);
    }
  });

  it("say nothing of an outside where a server lost any other caller", async () => {
    const cascades = await cascadesIn({
      chat: [`${CHAT} canceled by connection closed`],
      model: [`${MODEL} canceled by connection closed`],
    });
    expect(cascades[0]?.origin.external).not.toContain("HTTP client");
    expect(cascades[0]?.origin.service).not.toBe("chat");
  });
});
