import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { Reading } from "../../src/pipeline/index.ts";
import type { InputSummary } from "../../src/present/index.ts";
import { fileScope } from "../support/file-scope.ts";
import { type Padding, padded } from "../support/padding.ts";
import { inShort } from "../support/told.ts";

const root = mkdtempSync(join(tmpdir(), "streamscope-padded-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const MIB = 2 ** 20;

interface Read {
  readonly cascades: readonly string[];
  readonly input: InputSummary;
}

async function read(files: Readonly<Record<string, string | Uint8Array>>): Promise<Read> {
  const folder = mkdtempSync(join(root, "case-"));
  mkdirSync(folder, { recursive: true });
  const inputs = Object.entries(files).map(([name, content]) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  });
  const reading = new Reading(fileScope(inputs));
  await reading.run();
  const { diagnosis, input } = reading.findings();
  return { cascades: diagnosis.cascades.map(inShort).sort(), input };
}

type Logs = Readonly<Record<string, string>>;

function withPadding(logs: Logs, padding: Padding): Logs {
  const share = Object.keys(logs).length;
  const { before, between, after } = padding;
  const each = { before: before / share, between: between / share, after: after / share };
  return Object.fromEntries(Object.entries(logs).map(([name, text]) => [name, [...padded(text, each)].join("")]));
}

function lines(...all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}

const at = (second: string): string => `2026-11-27T06:58:${second}Z`;

/** A user leaves a chat: the proxy says so at a level that few keep, the services in words of their own. */
const LEAVING: Logs = {
  "nginx-access.log": lines(
    `{"time":"2026-11-27T06:58:01+00:00","request_id":"9e7bf71f671d89e6","status":200,"request":"GET /chat HTTP/1.1","upstream_addr":"127.0.0.1:9802","request_time":0.899,"remote_addr":"127.0.0.1"}`,
  ),
  "nginx-error.log": lines(
    "2026/11/27 06:58:01 [notice] 27252#27252: start worker processes",
    '2026/11/27 06:58:01 [info] 27254#27254: *2 epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too while reading upstream, client: 127.0.0.1, server: , request: "GET /chat HTTP/1.1", upstream: "http://127.0.0.1:9802/chat", host: "127.0.0.1:9801"',
  ),
  "gateway.log": lines(
    `{"level":"info","time":"${at("00.978")}","name":"gateway","msg":"listening on :9802"}`,
    `{"level":"warn","time":"${at("01.977")}","name":"gateway","request_id":"9e7bf71f671d89e6","msg":"client closed the connection"}`,
    `{"level":"error","time":"${at("01.979")}","name":"gateway","request_id":"9e7bf71f671d89e6","peer":"model","msg":"chat stream failed","err":"1 CANCELLED: Cancelled on client"}`,
  ),
  "model.log": lines(
    "2026-11-27 06:58:00,792 INFO model: serving",
    "2026-11-27 06:58:01,998 WARNING model: client cancelled the stream after 44 tokens",
  ),
};

/** A person presses stop: the wish stands in a line without any word of somebody who ends a stream. */
const STOPPING: Logs = {
  "gateway.log": lines(
    `{"level":"info","time":"${at("10.100")}","service":"gateway","request_id":"r-4711aa","msg":"POST /chats/7/stop"}`,
    `{"level":"info","time":"${at("10.900")}","service":"gateway","request_id":"r-4711aa","msg":"calling model","peer":"model"}`,
  ),
  "model.log": lines(
    `{"level":"info","time":"${at("05.000")}","service":"model","request_id":"r-4700aa","msg":"generation began"}`,
    `{"level":"warn","time":"${at("10.400")}","service":"model","request_id":"r-4711aa","msg":"generation aborted"}`,
  ),
};

/** HAProxy's own timer, told by four letters. */
const TIMER: Logs = {
  "haproxy.log": lines(
    '<134>Nov 27 06:56:14 localhost haproxy[7641]: 127.0.0.1:49992 [27/Nov/2026:06:56:14.669] chat_in chat_in/<NOSRV> -1/-1/-1/-1/0 400 0 - - CR-- 1/1/0/0/0 0/0 "<BADREQ>"',
    '<134>Nov 27 06:56:15 localhost haproxy[7641]: 127.0.0.1:49996 [27/Nov/2026:06:56:14.675] chat_in model_pool/model1 0/0/0/-1/803 504 198 - - sH-- 1/1/0/0/0 0/0 "GET /chat HTTP/1.1"',
  ),
};

const CASES: Readonly<Record<string, Logs>> = { LEAVING, STOPPING, TIMER };

/** More than is read line by line. */
const PADDING: Padding = { before: 3 * MIB, between: 3 * MIB, after: 3 * MIB };

describe("a log that is large because of ordinary lines before, between and after the few that matter", () => {
  for (const [name, logs] of Object.entries(CASES)) {
    it(`is judged as those are alone: ${name}`, { timeout: 60_000 }, async () => {
      const small = await read(logs);
      const large = await read(withPadding(logs, PADDING));
      expect(small.cascades).toHaveLength(1);
      expect(large.cascades).toEqual(small.cascades);
      expect(large.input.alone).toBe(0);
    });
  }

  it("is judged so where it is compressed and can be read only once", { timeout: 60_000 }, async () => {
    const packed = Object.entries(withPadding(STOPPING, PADDING)).map(
      ([file, text]) => [`${file}.gz`, gzipSync(text, { level: 1 })] as const,
    );
    expect((await read(Object.fromEntries(packed))).cascades).toEqual((await read(STOPPING)).cascades);
  });
});
