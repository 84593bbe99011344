/**
 * curl, nginx or haproxy, a gateway in Node.js, an agent in Go, a model in Python: whoever ends a chat through them, the program says who it
 * was: from the logs that such programs ordinarily write, or from the spans that OpenTelemetry's ordinary instrumentations make. Where a
 * service's logs are missing it may not know, and blames nobody else with confidence.
 */

import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runProgram } from "../cli/program.ts";
import { Assistant, type AssistantSetup, ROLES, type Role } from "../support/assistant/assistant.ts";
import { ENDINGS, type Ending, isOver } from "../support/assistant/endings.ts";
import { ASSISTANT_BUILD_MS, type AssistantPrograms, assistantPrograms } from "../support/assistant/programs.ts";
import { otlpFile } from "../support/otlp-file.ts";
import { scanLive } from "../support/scan-live.ts";

interface Report {
  readonly cascades: readonly {
    readonly origin: {
      readonly service: string | null;
      readonly kind: string;
      readonly confidence: string;
      readonly external?: string;
    };
  }[];
}

let programs: AssistantPrograms;
let folder = "";

beforeAll(() => {
  programs = assistantPrograms();
}, ASSISTANT_BUILD_MS);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "streamscope-assistant-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Plays an ending, and shuts everything down. */
async function played(ending: Ending, setup: AssistantSetup = {}): Promise<Assistant> {
  const both = { ...setup, ...ending.setup };
  await using assistant = await Assistant.start(folder, programs, both);
  await ending.play(assistant);
  await assistant.shutDown();
  return assistant;
}

async function scan(args: readonly string[], input?: string): Promise<Report> {
  const { code, stdout, stderr } = await runProgram(["scan", "--json", ...args], input === undefined ? {} : { input });
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Report;
}

/** `gateway disconnect strong by the HTTP client of gateway`, for every cascade. */
function verdicts({ cascades }: Report): string[] {
  return cascades.map(({ origin: { service, kind, confidence, external } }) => {
    const by = external === undefined ? "" : ` by ${external}`;
    return `${service} ${kind} ${confidence}${by}`;
  });
}

/** The cascades in which somebody is blamed with confidence who was not it, or only saw its own caller leave. */
function confidentlyWrong({ cascades }: Report, origin: string): unknown[] {
  return cascades
    .map((cascade) => cascade.origin)
    .filter(({ confidence }) => confidence === "proven" || confidence === "strong")
    .filter(({ service, external }) => service !== origin && external !== `the caller of ${service}`);
}

function named(verdict: string | null, proxy: string): string[] {
  return verdict === null ? [] : [verdict.replaceAll("{proxy}", proxy)];
}

async function expectFromLogs(assistant: Assistant, expected: readonly string[]): Promise<void> {
  const logs = ROLES.flatMap((role) => assistant.logs(role));
  const but = (missing: Role): string[] =>
    ROLES.filter((role) => role !== missing).flatMap((role) => assistant.logs(role));
  const text = runProgram(["scan", "--format", "text", ...logs]);
  const [whole, reversed, ...parts] = await Promise.all([
    scan(logs),
    scan(logs.toReversed()),
    ...ROLES.map((role) => scan(but(role))),
    scan(["-"], logs.map((file) => readFileSync(file, "utf8")).join("")),
  ]);
  expect(verdicts(whole as Report)).toEqual(expected);
  expect(verdicts(reversed as Report)).toEqual(expected);
  const [verdict = ""] = expected;
  const [origin = ""] = verdict.split(" ");
  for (const part of parts) {
    expect(part.cascades.length).toBeLessThanOrEqual(expected.length);
    expect(confidentlyWrong(part, origin)).toEqual([]);
  }
  expect((await text).stdout).toContain(expected.length === 0 ? "No cancel found" : "1 cascade ·");
}

describe("logs", () => {
  it.each(ENDINGS)("tell who ended it behind nginx: $name", async (ending) => {
    const assistant = await played(ending);
    await expectFromLogs(assistant, named(ending.logs, "nginx"));
  });

  it.each(ENDINGS.filter(({ name }) => /user|proxy/.test(name)))(
    "tell who ended it behind haproxy: $name",
    async (ending) => {
      const names = { proxy: "edge", gateway: "chat-api", agent: "orchestrator", model: "llama" };
      const assistant = await played(ending, { proxy: "haproxy", logger: "slog", names });
      await expectFromLogs(assistant, named(ending.logs, "edge"));
    },
  );

  it("tell of one user who left beside another who stayed", async () => {
    await using assistant = await Assistant.start(folder, programs, { env: { model: { TOKENS: "30" } } });
    const [leaves, stays] = [await assistant.chat("c-1"), await assistant.chat("c-2")];
    leaves.kill("SIGKILL");
    await once(stays, "exit");
    await isOver(assistant, { chats: 2 });
    await assistant.shutDown();
    const logs = ROLES.flatMap((role) => assistant.logs(role));
    expect(verdicts(await scan(logs))).toEqual(["nginx disconnect strong by the client in front of nginx"]);
  });
});

describe("spans", () => {
  it.each(ENDINGS)("tell who ended it, as they come and from a file: $name", async (ending) => {
    const file = join(folder, "spans.jsonl");
    await using collector = await otlpFile(file);
    using live = await scanLive<Report>(collector.address);
    await played(ending, { spans: live.address });
    const expected = named(ending.spans, "nginx");
    expect(verdicts(await live.end())).toEqual(expected);
    expect(verdicts(await scan([file]))).toEqual(expected);
  });
});
