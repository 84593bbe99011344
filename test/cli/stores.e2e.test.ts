import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { FakeStore } from "../support/stores/fake.ts";
import { STORES, type StoreKind } from "../support/stores/kinds.ts";
import { bin, root, runProgram } from "./program.ts";

const AT_MS = Date.parse("2026-11-23T06:30:00Z");
const TEXT = "[ttstream error, code=12007] [server-side stream] [canceled path: gateway] x";
const HELD = [{ traceId: "a1", service: "chat", atMs: AT_MS, text: TEXT }];
const WINDOW = ["--since", "2026-11-23T06:00:00Z", "--until", "2026-11-23T07:00:00Z"];

describe.each(STORES)("scan --$name", (kind) => {
  const option = `--${kind.name.toLowerCase()}`;

  it("reports the cancels in the store, and what was read of it", async () => {
    await using store = await FakeStore.open((question) => kind.answer(question, HELD));
    const { code, stdout } = await runProgram(["scan", option, store.url.href, ...WINDOW]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/1 cascade · 1 input, 1 record read/);
    expect(stdout).toMatch(
      new RegExp(`${kind.name.toLowerCase()} 127\\.0\\.0\\.1:\\d+: 1 record(?: of 1 trace)? read`),
    );
    const json = await runProgram(["scan", "--json", option, store.url.href, ...WINDOW]);
    const { cascades, input } = JSON.parse(json.stdout) as { cascades: object[]; input: { stores: object[] } };
    expect(cascades).toMatchObject([{ origin: { service: "gateway" } }]);
    expect(input.stores).toMatchObject([{ state: "answered", records: 1 }]);
  });

  it("reports nothing where an answer breaks off, ends with 3, and says why", async () => {
    await using store = await FakeStore.open((question) => {
      const whole = kind.answer(question, HELD);
      if (!kind.asksForContent(question)) return whole;
      return (response) => {
        response.write(whole.slice(0, whole.length - 3), () => response.destroy());
      };
    });
    const { code, stdout, stderr } = await runProgram(["scan", option, store.url.href, ...WINDOW]);
    expect(code).toBe(3);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/cannot be asked: /);
  });
});

describe("a store whose asking is ended by a signal", () => {
  it.each(STORES)("$name is reported as far as it came, as that, and nothing of it is kept", async (kind) => {
    const asked = Promise.withResolvers<void>();
    // A ClickHouse is first asked for requests that began in the hour before
    let answers = kind.name === "ClickHouse" ? 2 : 1;
    await using store = await FakeStore.open((question) => {
      if (!kind.asksForContent(question)) return kind.answer(question, HELD);
      answers -= 1;
      return answers >= 0 ? kind.answer(question, HELD) : () => asked.resolve();
    });
    const folder = mkdtempSync(join(tmpdir(), "stopped-"));
    const history = join(folder, "cancels.db");
    const time = ["--since", "2026-11-23T06:00:00Z", "--until", "2026-11-23T09:00:00Z"];
    const option = `--${kind.name.toLowerCase()}`;
    const args = [bin, "scan", "--json", "--history", history, option, store.url.href, ...time];
    const child = spawn(process.execPath, args, { stdio: "pipe" });
    const said = Promise.all([text(child.stdout), text(child.stderr)]);
    await asked.promise;
    child.kill("SIGINT");
    const [code] = (await once(child, "close")) as [number | null];
    const [stdout, stderr] = await said;
    expect([code, stderr]).toEqual([130, expect.stringContaining("interrupted")]);
    const { cascades, input } = JSON.parse(stdout) as { cascades: object[]; input: object };
    expect(cascades).toHaveLength(1);
    expect(input).toMatchObject({ inputs: 1, unread: 1, stores: [{ state: "stopped", records: 1 }] });
    const kept = await runProgram(["history", history, "--json", "--since", "2026-11-20"]);
    expect(JSON.parse(kept.stdout)).toMatchObject({ history: { cascades: 0 } });
    rmSync(folder, { recursive: true });
  });
});

describe("a store that does not answer", () => {
  it("is let go of by a signal, which is no fault of the inputs", async () => {
    const asked = Promise.withResolvers<void>();
    await using store = await FakeStore.open(() => () => asked.resolve());
    const child = spawn(process.execPath, [bin, "scan", "--victorialogs", store.url.href], { stdio: "pipe" });
    const said = Promise.all([text(child.stdout), text(child.stderr)]);
    await asked.promise;
    child.kill("SIGTERM");
    const [code] = (await once(child, "close")) as [number | null];
    expect([code, ...(await said)]).toEqual([143, "", "streamscope: interrupted before anything had been read\n"]);
  });
});

describe("a store behind TLS", () => {
  it("is meant by an address of a store that does not speak it", async () => {
    await using store = await FakeStore.open(() => "");
    const { code, stderr } = await runProgram([
      "scan",
      "--jaeger",
      store.url.href.replace("http:", "https:"),
      ...WINDOW,
    ]);
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(/cannot be asked: it does not speak TLS; http:\/\/ may be meant$/m),
    ]);
  });

  const fixture = (name: string): string => join(root, "test/fixtures/tls", `${name}.pem`);
  const tlsOf = (name: string) => ({
    cert: readFileSync(fixture(`${name}.cert`), "utf8"),
    key: readFileSync(fixture(`${name}.key`), "utf8"),
  });

  it.each(STORES)("$name is asked where its authority is named by NODE_EXTRA_CA_CERTS", async (kind) => {
    await using store = await FakeStore.open((question) => kind.answer(question, HELD), tlsOf("issued"));
    const args = ["scan", `--${kind.name.toLowerCase()}`, store.url.href, ...WINDOW];
    const { code, stdout, stderr } = await runProgram(args, {
      env: { NODE_EXTRA_CA_CERTS: fixture("authority.cert") },
    });
    expect([code, stderr]).toEqual([0, ""]);
    expect(store.url.protocol).toBe("https:");
    expect(stdout).toMatch(/1 cascade · 1 input, 1 record read/);
  });

  it.each([
    ["issued", undefined, "unable to verify the first certificate"],
    ["server", undefined, "self-signed certificate"],
    ["server", "authority.cert", "self-signed certificate"],
  ])("with the certificate %s and the authority %s is refused at once, with what to do", async (name, ca, why) => {
    const [kind] = STORES as [StoreKind];
    await using store = await FakeStore.open((question) => kind.answer(question, HELD), tlsOf(name));
    const env = { NODE_EXTRA_CA_CERTS: ca === undefined ? undefined : fixture(ca) };
    const { code, stdout, stderr } = await runProgram(["scan", "--jaeger", store.url.href, ...WINDOW], { env });
    expect([code, stdout]).toEqual([3, ""]);
    // Some releases of Node.js give an advice of their own in between
    const advice = "if its certificate is one of your own, name its authority by NODE_EXTRA_CA_CERTS=ca\\.pem$";
    expect(stderr).toMatch(new RegExp(`cannot be asked: ${why}; (?:.*; )?${advice}`, "m"));
    expect(stderr.match(/cannot be asked/g)).toHaveLength(1);
    expect(store.asked).toEqual([]);
  });
});

it("a scan reports nothing where one of several stores breaks off", async () => {
  const [, clickhouse, victoria] = STORES as [StoreKind, StoreKind, StoreKind];
  await using whole = await FakeStore.open((question) => clickhouse.answer(question, HELD));
  let asked = 0;
  await using half = await FakeStore.open((question) => {
    asked += 1;
    return asked === 1 ? victoria.answer(question, HELD) : { status: 502, text: "a storage node is away" };
  });
  const until = ["--since", "2026-11-23T06:00:00Z", "--until", "2026-11-23T08:00:00Z"];
  const args = ["scan", "--clickhouse", whole.url.href, "--victorialogs", half.url.href, ...until];
  const { code, stdout, stderr } = await runProgram(args);
  expect([code, stdout]).toEqual([3, ""]);
  expect(stderr).toMatch(/no report: victorialogs 127\.0\.0\.1:\d+ gave a part[\s\S]*502 a storage node is away/);
});

it("a scan reads several stores together", async () => {
  const stores = await Promise.all(STORES.map((kind) => FakeStore.open((question) => kind.answer(question, HELD))));
  const args = STORES.flatMap((kind, index) => [`--${kind.name.toLowerCase()}`, (stores[index] as FakeStore).url.href]);
  const { code, stdout } = await runProgram(["scan", "--json", ...args, ...WINDOW]);
  for (const store of stores) await store[Symbol.asyncDispose]();
  expect(code).toBe(0);
  const { cascades, input } = JSON.parse(stdout) as { cascades: object[]; input: { stores: object[] } };
  expect(cascades).toHaveLength(1);
  expect(input.stores).toHaveLength(STORES.length);
});
