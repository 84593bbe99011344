import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatInstant } from "../../../src/model/index.ts";
import { readEvent } from "../../../src/sources/formats/event.ts";
import { ownerOf } from "../../../src/sources/formats/names.ts";
import { PREFIXES as ALL } from "../../../src/sources/formats/prefixes.ts";
import { createShapeContext } from "../../../src/sources/formats/record-maker.ts";
import type { Unwrapped } from "../../../src/sources/formats/unwrapped.ts";
import { unwrapLine } from "../../../src/sources/formats/wrapper.ts";
import { parseZone, type Zone } from "../../../src/sources/formats/zone.ts";
import { ERROR, prefilter } from "../prefilter.ts";

const context = createShapeContext(prefilter, { zone: parseZone("UTC") as Zone, nearMs: Date.UTC(2026, 10, 24) });
const POD = "chat-7d9f8b6c5d-x2v4z";
const ISO = "2026-11-23T06:57:00.783910Z";
const KITEX = `2026/11/23 06:57:00.783910 chat.go:118: [Error] ${ERROR}`;

/** What stands before a line, by who wrote it; each tells that the line is chat's. */
const PREFIXES: Readonly<Record<string, string>> = {
  "kubectl --prefix": `[pod/${POD}/app] `,
  "kubectl --prefix --timestamps": `[pod/${POD}/app] ${ISO} `,
  stern: `${POD} app `,
  "stern with times": `${POD} app ${ISO} `,
  "stern of all namespaces": `prod ${POD} app `,
  "stern in colour": `\u001b[36m${POD}\u001b[0m \u001b[1;36mapp\u001b[0m `,
  "stern of a stateful set": "chat-0 app ",
  "stern of a daemon set": "chat-x2v4z app ",
  "stern with another template": `${POD}/app: `,
  "an arrow between pod and container": `${POD} › app │ `,
  kail: `prod/${POD}[app]: `,
  "stern with a template of brackets": `[prod/${POD}/app] `,
  "Spring's trace": `2026-11-23T06:57:00.783Z ERROR [chat,5b8efff798038103d269b633813fc60c,5b8efff798038103] `,
  "columns in brackets": `[2026-11-23T06:57:00.783Z] [ERROR] [chat] `,
  "columns with bars": `2026-11-23T06:57:00.783Z | ERROR | chat | `,
  loguru: `2026-11-23 06:57:00.783910 | ERROR    | chat:run:12 - `,
  "compose behind a time": `[2026-11-23T06:57:00.783Z] chat-1  | `,
  "kubectl --prefix behind a time": `2026-11-23T06:57:00.783Z [pod/${POD}/app] `,
  "compose behind syslog's time": "Nov 23 06:57:00 chat-1  | ",
  "a name in brackets behind a time": "[2026-11-23T06:57:00.783Z] [chat] ",
  "docker service logs behind a time": `${ISO} chat.1.0a1b2c3d4e5f6g7h8i9j0k1l2@node-1    | `,
  "Grafana's download": `${ISO}\t{"app":"chat"}\t`,
  "a row with tabs": `${ISO}\tchat\t`,
  "a row with bars": "2026-11-23 06:57:00.783910|chat|",
  "Papertrail's archive": `1795417020783910000\t${ISO}\t${ISO}\t4711\tn1\t1.2.3.4\tUser\tError\tchat\t`,
  awslogs: "/ecs/prod app/chat/9a8b7c ",
  saw: `[${ISO}] (chat) `,
  "rsyslog with its priority as text": "user.err: Nov 23 06:57:00 vm chat[12]: ",
  OpenWrt: "Mon Nov 23 06:57:00 2026 daemon.err chat[12]: ",
  BusyBox: "Nov 23 06:57:00 vm user.err chat[12]: ",
  "the journal with differences": "[12345.678901 <    0.000101 >] vm chat[12]: ",
  "macOS' log": "2026-11-23 06:57:00.783910+0000 0x1f7      Error       0x0                  12     0    chat: ",
  logcat: "11-23 06:57:00.783  1234  1250 E chat: ",
  "pino-pretty": "[06:57:00.783] ERROR (chat/12): ",
  bunyan: "[2026-11-23T06:57:00.783Z] ERROR: chat/12 on vm: ",
  Ray: "(chat pid=1234, ip=10.0.0.7) ",
  "aws logs filter-log-events": "EVENTS\t37\t1795417020783\tapp/chat/9a8b7c6d5e4f\t",
  Tekton: "[chat : run] ",
  "podman-compose": "[chat]    | ",
  Fabric: "[chat] out: ",
  "git grep": "HEAD:logs/chat.log:17:",
  findstr: "C:\\logs\\chat.log:",
  "awk with the file's name": "logs/chat.log ",
  "stern in less": `     17 ${POD} app `,
  kubetail: `[${POD}] `,
  "kubetail with a container": `[${POD} app] `,
  compose: "chat-1  | ",
  "compose in colour": "\u001b[36mchat-1  | \u001b[0m",
  "compose with a name of its own": "chat  | ",
  "compose, version 1": "chat_1  | ",
  "docker service logs": "chat.1.0a1b2c3d4e5f6g7h8i9j0k1l2@node-1    | ",
  foreman: "06:57:00 chat.1   | ",
  honcho: "06:57:00 chat.1  | ",
  pm2: "0|chat  | ",
  concurrently: "[chat] ",
  turbo: "chat:dev: ",
  "turbo with a scope": "@acme/chat:dev: ",
  pnpm: "packages/chat dev: ",
  yarn: "[chat]: ",
  dapr: "== APP - chat == ",
  "process-compose": "[chat\t] ",
  goreman: "06:57:00       chat | ",
  "nerdctl compose": "chat-1 |",
  "grep -H": "logs/chat.log:",
  "grep -Hn": "logs/chat.log:17:",
  "grep with lines around": "logs/chat.log-17-",
  ripgrep: "./logs/chat.log:17:5:",
  "zgrep of a rotated log": "chat.log.1.gz:",
  "zgrep in colour": "\u001b[35m\u001b[Kchat.log\u001b[m\u001b[K\u001b[36m\u001b[K:\u001b[m\u001b[K",
  "the journal": "Nov 23 06:57:00 vm chat[12]: ",
  "journalctl -o short-precise": "Nov 23 06:57:00.783910 vm chat[12]: ",
  "journalctl -o short-iso": "2026-11-23T06:57:00+0000 vm chat[12]: ",
  "journalctl -o short-full": "Mon 2026-11-23 06:57:00 UTC vm chat[12]: ",
  "journalctl -o short-unix": "1795417020.783910 vm chat[12]: ",
  "journalctl -o short-monotonic": "[  123.456789] vm chat[12]: ",
  "journalctl -o with-unit": "Mon 2026-11-23 06:57:00 UTC vm chat.service[12]: ",
  syslog: "<11>Nov 23 06:57:00 vm chat[12]: ",
  "syslog without a process": "<11>Nov 23 06:57:00 vm chat: ",
  "rsyslog's file": "2026-11-23T06:57:00.783910+00:00 vm chat[12]: ",
  "rsyslog's file without a process": "2026-11-23T06:57:00.783910+00:00 vm chat: ",
  "RFC 5424": `<11>1 ${ISO} vm chat 12 - - `,
  "RFC 5424 with data": `<11>1 ${ISO} vm chat 12 ID7 [meta@32473 seq="1" pod="a\\]b"] \ufeff`,
  "RFC 5424 with octets": `312 <11>1 ${ISO} vm chat 12 - - `,
  heroku: "2026-11-23T06:57:00.783910+00:00 app[chat.1]: ",
  "aws logs tail": "2026-11-23T06:57:00.783000+00:00 prod/chat/0a1b2c3d ",
  logcli: '2026-11-23T06:57:00Z {app="chat", namespace="prod"} ',
  "logcli without times": '{app="chat"} ',
  "docker logs --details": "com.docker.compose.project=shop,com.docker.compose.service=chat ",
  "names to the right of a column": "         chat │ ",
  "a name behind a sign": " ** [out :: chat] ",
  "a column of a table behind a time": `${ISO}  chat           `,
};

/** The same, by those who do not tell the service. */
const NAMELESS: Readonly<Record<string, string>> = {
  "the kubelet": `${ISO} stdout F `,
  "kubectl --timestamps": `${ISO} `,
  "Cloud Foundry": "   2026-11-23T06:57:00.78+0000 [APP/PROC/WEB/0] OUT ",
  GitLab: `${ISO} 00O `,
  "grep -n": "17:",
  "less -N": "     17 ",
  "cat -n": "     17\t",
  "uniq -c": "      3 ",
  bat: "  17   │ ",
  "a list": "17. ",
  "a quotation": "> ",
  "a block of a page": '<h2>chat</h2><pre class="code">',
};

function unwrapAll(line: string): string {
  let text = line;
  for (let opened: Unwrapped | null = unwrapLine(text); opened !== null; opened = unwrapLine(text)) text = opened.text;
  return text;
}

describe("a prefix", () => {
  it.each(Object.entries(PREFIXES))("is taken off and tells the service: %s", (_, prefix) => {
    for (const line of [KITEX, `{"time":"${ISO}","msg":"${ERROR}"}`, `E1123 06:57:00.783910 12 chat.go:1] ${ERROR}`]) {
      const draft = readEvent(prefix + line, context);
      expect(draft.texts).toEqual([ERROR]);
      expect(draft.at === null ? null : formatInstant(draft.at)).toBe("2026-11-23T06:57:00.783910000Z");
      expect(ownerOf(draft.names).service).toBe("chat");
    }
  });

  it.each(Object.entries(NAMELESS))("is taken off: %s", (_, prefix) => {
    expect(readEvent(prefix + KITEX, context).texts).toEqual([ERROR]);
  });

  it("of a level, a thread, a module, a request or a process is no service's name", () => {
    for (const prefix of [
      "2026-11-23 06:57:00.783 http-nio-8080-exec-1 | ",
      "[2026-11-23T06:57:00.783Z] [ERROR] [main] ",
      "[2026-11-23T06:57:00.783Z] [ERROR] [http-nio-8080-exec-1] ",
      "2026-11-23T06:57:00.783Z | ERROR | 5b8efff798038103 | ",
      "2026-11-23 06:57:00.783 | ERROR    | app.chain:run:12 - ",
      "2026-11-23 06:57:00.783 ERROR [http-nio-8080-exec-1,5,main] ",
      "postfix/smtpd[12]: ",
      "ERROR | ",
      "Error | 2026-11-23 06:57:00.783 ",
      "[ERROR ] ",
      "[error ] ",
    ])
      expect(ownerOf(readEvent(prefix + ERROR, context).names).service, prefix).toBe(null);
  });

  it("of any kind, around any other, gives back the line as it was", () => {
    const own = fc.constantFrom(
      KITEX,
      `{"time":"${ISO}","msg":"x"}`,
      `time=${ISO} level=error msg=x`,
      "I1123 06:57:00.1 1 a.go:1] x",
    );
    const plain = Object.entries({ ...PREFIXES, ...NAMELESS })
      .filter(([, prefix]) => !prefix.includes("\u001b"))
      .map(([, prefix]) => prefix);
    // A time that stands before a line by itself is the line's own where nothing else follows it
    const inner = fc.constantFrom(...plain.filter((prefix) => prefix !== `${ISO} `));
    fc.assert(
      fc.property(
        inner,
        fc.option(fc.constantFrom(`[pod/${POD}/app] `, `${POD} app `, `${ISO} stdout F `)),
        own,
        (prefix, outer, line) => {
          // Labels before named values are named values, too
          fc.pre(!(/^[\w.]+=/.test(prefix) && line.startsWith("time=")));
          expect(unwrapAll(`${outer ?? ""}${prefix}${line}`)).toBe(line);
        },
      ),
    );
  });

  it("is looked for in no more than a line's own length", () => {
    for (const sign of ["a", "1", "[", "<", " ", ":", "-", "/", "{a", "a-", "a.", "1:"]) {
      const line = sign.repeat(200_000);
      const started = process.cpuUsage();
      unwrapLine(line);
      expect(process.cpuUsage(started).user).toBeLessThan(1_000_000);
    }
  });
});

describe("how a line begins", () => {
  it("rules out no prefix that it has", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength: 13 });
    const heads = fc.oneof(
      fc.constantFrom(
        ...Object.values(PREFIXES),
        "12 <34>",
        "12:",
        "7-",
        "1795417020.5 host app[1]: ",
        "Nov 23 06:57:00 host app[1]: ",
        "./a/b.log:",
        "~/a:",
        "2026/chat.log-12:",
      ),
      fc
        .tuple(digits, fc.constantFrom("", "-", "/", ".", ":", "|", " ", "│", "é", "[", "a"))
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(heads, fc.constantFrom("", "name | ", "host app[1]: ", "app 12 - - "), (head, more) => {
        const line = `${head}${more}${KITEX}`;
        const begin = /^\d{0,11}/.exec(line)?.[0] ?? "";
        const sample = "0".repeat(begin.length) + (line[begin.length] ?? "");
        for (const { begins, pattern, needs } of ALL) {
          if (!pattern.test(line)) continue;
          expect(sample).toMatch(begins);
          if (needs !== "") expect([...needs].some((sign) => line.includes(sign))).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("an application's own line keeps what only looks like a prefix:", () => {
  it.each([
    "2026-11-23T06:57:00.783910Z INFO chat: stream failed",
    "2026-11-23T06:57:00.783910Z ERROR rpc: failed",
    "2026-11-23T06:57:00Z worker failed: again",
    "2026-11-23 06:57:00,783 main handler: failed",
    "ERROR | something failed",
    "error | something failed",
    "chat.go:118: [Error] failed",
    "failed to open /var/log/chat.log: permission denied",
    "handler: failed with code 3",
    'answer: {"time":"2026-11-23T06:57:00Z","msg":"x"}',
    "[error] 12#12: upstream timed out",
    "[main] INFO failed",
    "[http-nio-8080-exec-1] failed",
    "{a} failed",
    "17: failed",
    '10.0.0.1 - - [23/Nov/2026:06:57:00 +0000] "GET / HTTP/1.1" 499 0',
    "panic: runtime error",
    "goroutine 25 [running]:",
    "E1123 06:57:00.783910 12 chat.go:1] failed",
    "ServiceA -> ServiceB: failed",
    "http://chat.log:8080/x failed",
  ])("%s", (line) => {
    expect(unwrapLine(line)).toBeNull();
  });
});

describe("the head of a line in Docker's JSON", () => {
  const head = (text: string): string | undefined => unwrapLine(`{"log":"${text}`)?.text;

  it("is the beginning of the application's line, with its tabs", () => {
    expect(head(String.raw`[ERROR]\t2026-11-23T06:58:02Z\tx`)).toBe("[ERROR]\t2026-11-23T06:58:02Z\tx");
    expect(head(String.raw`\u001b[31mERROR\u001b[0m x\u00`)).toBe("\u001b[31mERROR\u001b[0m x");
    expect(head(String.raw`C:\\u0 x`)).toBe(String.raw`C:\u0 x`);
    expect(head(String.raw`a \q b`)).toBe(String.raw`a \q b`);
  });
});

describe("a day and a time of day", () => {
  const at = (line: string): string | null => {
    const time = readEvent(`${line} ERROR ${ERROR}`, context).at;
    return time === null ? null : formatInstant(time);
  };

  it.each(["web-01 2026-11-21 [06:58:02.123]", "20261121:06:58:02.123", "web-01 21-11-2026 06:58:02.123"])(
    "are never read as today, whatever prefix they look like: %s",
    (line) => {
      expect([null, "2026-11-21T06:58:02.123000000Z"]).toContain(at(line));
    },
  );

  it("are told from the names and numbers of prefixes", () => {
    expect(at("web-01 2026-11-21 06:58:02.123")).toBe("2026-11-21T06:58:02.123000000Z");
    expect(at("20261121-06:58:02.123")).toBe("2026-11-21T06:58:02.123000000Z");
    expect(at("chat-0 app 06:58:02.123")).toBe("2026-11-24T06:58:02.123000000Z");
    expect(at("17:06:58:02.123")).toBe("2026-11-24T06:58:02.123000000Z");
  });

  it("stay whole behind the name of a file", () => {
    for (const numbers of ["", "17:", "17:5:", "10:58:"])
      expect(unwrapLine(`logs/chat-2026-11-21.log:${numbers}06:58:02.123 x`)?.text).toBe("06:58:02.123 x");
  });
});
