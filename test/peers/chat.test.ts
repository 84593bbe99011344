/**
 * The example of a whole chat: a real Chromium at a gateway, an agent over TTHeader Streaming, a model over gRPC, a backend over HTTP, each a
 * process that streamscope/register traces.
 */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  canHaveJaeger,
  JAEGER_BUILD_MS,
  type Jaeger,
  Jaeger as JaegerServer,
  jaegerProgram,
} from "../support/jaeger.ts";
import { otlpFile } from "../support/otlp-file.ts";
import { register } from "../support/traced.ts";

const CHROMIUM = "/usr/bin/chromium";
const root = join(import.meta.dirname, "../..");
const hasChromium = existsSync(CHROMIUM);
if (!hasChromium) process.stderr.write(`SKIPPED: the example chat needs a browser, and ${CHROMIUM} is not there\n`);

const SERVICES = ["backend", "model", "agent", "gateway"] as const;
type Service = (typeof SERVICES)[number];

/** The running example; its logs and spans are in `folder`. */
class Chat implements AsyncDisposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), "streamscope-chat-"));
  readonly #children: ReturnType<typeof spawn>[] = [];
  readonly #logs = new Map<Service, string>();
  readonly #waiting = new Set<() => void>();
  url = "";

  /** Starts every service, from the backend up; spans go to `endpoint`. */
  async start(endpoint: string): Promise<void> {
    let below: string[] = [];
    for (const service of SERVICES) {
      const { NODE_OPTIONS: _, ...inherited } = process.env;
      const program = join(root, "examples/chat", `${service}.ts`);
      const child = spawn(process.execPath, ["--import", register, program, "0", ...below], {
        cwd: root,
        env: {
          ...inherited,
          OTEL_SERVICE_NAME: service,
          OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
          OTEL_METRICS_EXPORTER: "none",
          OTEL_BSP_SCHEDULE_DELAY: "200",
        },
        stdio: ["ignore", "pipe", "inherit"],
      });
      this.#children.push(child);
      this.#logs.set(service, "");
      child.stdout?.setEncoding("utf8").on("data", (text: string) => {
        this.#logs.set(service, `${this.#logs.get(service)}${text}`);
        void appendFile(join(this.folder, `${service}.log`), text);
        for (const wake of this.#waiting) wake();
      });
      const [, port] = await this.line(service, /listens at (\d+)/);
      below = [service === "backend" ? `http://127.0.0.1:${port}` : `127.0.0.1:${port}`];
      this.url = `http://127.0.0.1:${port}/`;
    }
  }

  /** Waits for the first line of a service's log that fits, or for a later one. */
  async line(service: Service, pattern: RegExp, which = 1): Promise<RegExpExecArray> {
    for (;;) {
      const lines = (this.#logs.get(service) ?? "").split("\n").map((line) => pattern.exec(line));
      const found = lines.filter((each) => each !== null)[which - 1];
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  /** Ends every service as a container's runtime would, so that what waits is exported. */
  async end(): Promise<void> {
    const ended = this.#children.map((child) => new Promise((resolve) => child.once("exit", resolve)));
    for (const child of this.#children) child.kill("SIGTERM");
    await Promise.all(ended);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What `scan` says in JSON. */
function scan(...args: readonly string[]): {
  readonly cascades: readonly Cascade[];
  readonly warnings: readonly unknown[];
} {
  const text = execFileSync(process.execPath, [join(root, "bin/streamscope.cjs"), "scan", "--json", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(text);
}

interface Cascade {
  readonly count: number;
  readonly origin: Readonly<Record<string, unknown>>;
  readonly falseOrigins: readonly unknown[];
  readonly reached: readonly {
    readonly service: string;
    readonly via: string;
    readonly state: string;
    readonly confidence: string;
  }[];
}

const STOPPED = /stopped at (\d+) after (\d+) tokens, (\d+) wasted: (.*)/;

/** Asks, and waits until the page shows tokens. */
async function ask(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  await page.click("button:text('Ask')");
  await page.waitForFunction("document.getElementById('answer').textContent.includes('token 5')");
  return page;
}

const left = {
  service: "gateway",
  kind: "disconnect",
  code: 12013,
  confidence: "proven",
  external: "the HTTP client of gateway",
  intent: "user-left",
};
const stopped = { service: "gateway", kind: "cancel", code: 12008, confidence: "proven", intent: "user-stop" };
const hops = [
  ["agent", "gateway", "stopped", "proven"],
  ["model", "agent", "stopped", "proven"],
  ["backend", "model", "stopped", "proven"],
];

function hopsOf({ reached }: Cascade): readonly (readonly string[])[] {
  return reached.map(({ service, via, state, confidence }) => [service, via, state, confidence]);
}

describe.runIf(hasChromium)("a chat whose user ends it", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
  }, 60_000);
  afterAll(() => browser?.close());

  it.each([
    ["closes the tab", left],
    ["presses stop", stopped],
  ])(
    "who %s ends the backend, and spans say so",
    async (how, origin) => {
      await using chat = new Chat();
      const spans = join(chat.folder, "spans.jsonl");
      await using receiver = await otlpFile(spans);
      await chat.start(receiver.address);
      // What runs for the first time is slow; the second user shows what it costs
      for (const user of [1, 2]) {
        const page = await ask(browser, chat.url);
        let endedAt = Date.now();
        if (how === "presses stop") {
          await page.click("#stop");
          endedAt = Number(await page.getAttribute("#stop", "data-pressed"));
        } else await page.close();
        const [, at, tokens, wasted] = await chat.line("backend", STOPPED, user);
        const took = Number(at) - endedAt;
        process.stderr.write(`chat: a user ${how}: ${took} ms to the backend, ${tokens} tokens, ${wasted} wasted\n`);
        expect(Number(wasted)).toBe(0);
        expect(Number(tokens)).toBeGreaterThan(5);
        await chat.line("agent", /answer ended/, user);
      }
      await chat.end();

      const { cascades } = scan(spans);
      expect(cascades.map((each) => each.origin)).toMatchObject([origin, origin]);
      for (const cascade of cascades) {
        expect(cascade.falseOrigins).toEqual([]);
        expect(hopsOf(cascade)).toEqual(hops);
      }

      const logs = SERVICES.map((service) => join(chat.folder, `${service}.log`));
      // Without ids, what is alike is counted
      const told = scan(...logs).cascades;
      expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(2);
      for (const each of told) expect(each.origin).toMatchObject({ service: "gateway", kind: origin.kind });
    },
    120_000,
  );
});

describe.runIf(hasChromium && canHaveJaeger())("the same from a real Jaeger", () => {
  let program = "";
  beforeAll(async () => {
    program = await jaegerProgram();
  }, JAEGER_BUILD_MS);

  it("is the same", async () => {
    await using jaeger: Jaeger = await JaegerServer.start(program);
    await using chat = new Chat();
    await chat.start(jaeger.endpoint);
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
    try {
      const page = await ask(browser, chat.url);
      await page.close();
      await chat.line("backend", STOPPED);
      await chat.line("agent", /answer ended/);
      await chat.end();
      const [trace = ""] = await jaeger.tracesWith(
        "gateway",
        "streamscope.cancel.external",
        "the HTTP client of gateway",
      );
      await jaeger.spansThat(trace, (spans) =>
        ["backend", "model", "agent"].every((service) => spans.some((span) => span.service === service)),
      );
      const { cascades } = scan("--jaeger", jaeger.query, "--since", "10m");
      expect(cascades.map((each) => each.origin)).toMatchObject([left]);
      expect(cascades.map(hopsOf)).toEqual([hops]);
    } finally {
      await browser.close();
    }
  }, 120_000);
});
