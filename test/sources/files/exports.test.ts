import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { formatInstant, type SourceRecord } from "../../../src/model/index.ts";
import { readSources, type SourceOptions } from "../../../src/sources/index.ts";
import { ERROR, prefilter } from "../prefilter.ts";

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function read(text: string | Uint8Array, size = 65_536, options: Partial<SourceOptions> = {}) {
  const stdin = chunked(Buffer.from(text), size);
  const reading = readSources(["-"], { prefilter, timezone: "UTC", stdin, ...options });
  const records: SourceRecord[] = [];
  for await (const batch of reading) records.push(...batch);
  return { records, summary: reading.summary };
}

function facts({ records }: { readonly records: readonly SourceRecord[] }) {
  return records.map(({ at, service, texts, place }) => ({
    at: at === null || at === undefined ? null : formatInstant(at).slice(0, 23),
    service,
    text: texts[0],
    line: "line" in place ? place.line : null,
  }));
}

const AT = "2026-11-23T06:57:00.783";

describe("an export as CSV", () => {
  const quoted = `"${ERROR.replaceAll('"', '""')}"`;
  it.each([
    ["Datadog", `Date,Host,Service,Message\n${AT}Z,n1,chat,${quoted}\n`],
    ["Grafana", `"labels","Time","Line","tsNs"\n"{""app"":""chat""}",${AT}Z,${quoted},1795417020783000000\n`],
    ["Azure", `"TimeGenerated [UTC]",ContainerName,LogMessage\n"${AT}Z",chat,${quoted}\n`],
    ["Splunk", `_time,host,service,"_raw"\n"${AT}Z",n1,chat,${quoted}\n`],
    ["a spreadsheet with semicolons", `timestamp;service;message\n${AT}Z;chat;${quoted}\n`],
    ["a spreadsheet that says its separator", `sep=;\r\ntime;service;message\r\n${AT}Z;chat;${quoted}\r\n`, 3],
    ["a German spreadsheet", `\ufeffZeit;Dienst;Nachricht\r\n23.11.2026 06:57:00,783;chat;${quoted}\r\n`],
    ["a Chinese spreadsheet", `\ufeff时间,级别,服务名,日志内容\r\n${AT}Z,错误,chat,${quoted}\r\n`],
    ["a Japanese spreadsheet", `日時\tサービス\tメッセージ\r\n${AT}Z\tchat\t${quoted}\r\n`],
    ["a Russian spreadsheet", `Время;Сервис;Сообщение\r\n${AT}Z;chat;${quoted}\r\n`],
    ["a table with bars", `time|service|message\n${AT}Z|chat|${quoted}\n`],
    ["a data frame", `,timestamp,service,message\n0,${AT}Z,chat,${quoted}\n`],
    ["a table with tabs", `timestamp\tservice\tmessage\r\n${AT}Z\tchat\t${quoted}\r\n`],
  ] as [string, string, number?][])("is read by the names of its header: %s", async (_, text, line = 2) => {
    const row = [{ at: AT, service: "chat", text: ERROR, line }];
    expect(facts(await read(text))).toEqual(row);
    expect(facts(await read(text, 3))).toEqual(row);
    expect(facts(await read(gzipSync(text)))).toEqual(row);
  });

  it("may have rows over several lines, and the numbers of lines stay true", async () => {
    const text = `time,service,message\n${AT}Z,chat,"cancel\n\tat x\n\tat y"\n${AT}Z,agent,cancel\n`;
    expect(facts(await read(text)).map(({ service, line }) => [service, line])).toEqual([
      ["chat", 2],
      ["agent", 5],
    ]);
  });

  it("ends a quote that is never closed where a line begins as rows do", async () => {
    const rows = [`${AT}Z,chat,"cancel a`, `${AT}Z,gw,"cancel b"`, `${AT}Z,agent,cancel c`, `${AT}Z,tool,"cancel d`];
    for (const size of [65_536, 3]) {
      expect(facts(await read(`time,service,message\n${rows.join("\n")}\n`, size))).toMatchObject([
        { service: "chat", text: "cancel a", line: 2 },
        { service: "gw", text: "cancel b", line: 3 },
        { service: "agent", text: "cancel c", line: 4 },
        { service: "tool", text: "cancel d", line: 5 },
      ]);
    }
  });

  it("tells of a quote that is never closed where no line begins as rows do", async () => {
    const lines = "cancel\n".repeat(200_000);
    const { records, summary } = await read(`time,service,message\n${AT}Z,chat,"cancel\n${lines}`);
    expect(records.length).toBeGreaterThan(100_000);
    expect(summary.diagnostics[0]?.message).toMatch(/^the exported data is damaged: a quote is never closed/);
  });

  it("keeps in its row what is quoted, whatever it looks like", async () => {
    const inner = `${AT}Z,x,cancel\n${AT}Z,y,said ""no""`;
    const { records } = await read(`time,service,message\n${AT}Z,chat,"cancel\n${inner}"\n${AT}Z,gw,"5"" cancel"\n`);
    expect(records.map(({ texts }) => texts[0])).toEqual([`cancel\n${inner.replaceAll('""', '"')}`, '5" cancel']);
    const loose = await read(`time,service,message\n${AT}Z,chat,size 5" cancel\n${AT}Z,gw,"a "b" cancel"\n`);
    expect(loose.records.map(({ texts }) => texts[0])).toEqual(['size 5" cancel', 'a "b" cancel']);
  });

  it("is none where the first line only has commas in it", async () => {
    const { records } = await read("hello, world\ncancel a, b\n");
    expect(records.map(({ texts }) => texts[0])).toEqual(["cancel a, b"]);
  });
});

describe("an export of the journal", () => {
  const entry = (message: string, service = "chat"): string =>
    `__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1795417020783000\nSYSLOG_IDENTIFIER=${service}\n${message}\n\n`;
  const binary = (value: string): string => {
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(Buffer.byteLength(value)));
    return `MESSAGE\n${size.toString("latin1")}${value}\n`.replace(/\n$/, "");
  };

  it("gives its entries, also such with bytes that are no text", async () => {
    const text = entry("MESSAGE=cancel a") + entry(binary("cancel\nb\u001b[31m")) + entry("MESSAGE=cancel c", "agent");
    for (const size of [65_536, 5]) {
      expect(facts(await read(text, size))).toEqual([
        { at: AT, service: "chat", text: "cancel a", line: 1 },
        { at: AT, service: "chat", text: "cancel\nb", line: 6 },
        { at: AT, service: "agent", text: "cancel c", line: 13 },
      ]);
    }
  });

  it("is read as `journalctl -o verbose` prints it, too", async () => {
    const text = (message: string) =>
      `Mon 2026-11-23 06:57:00.783000 UTC [s=0a1;i=2;b=3]\n    _HOSTNAME=vm\n    SYSLOG_IDENTIFIER=chat\n    MESSAGE=${message}\n    PRIORITY=3\n`;
    expect(
      facts(await read(text("fine") + text("cancel a") + text("cancel b"))).map(({ text: each, service }) => [
        service,
        each,
      ]),
    ).toEqual([
      ["chat", "cancel a"],
      ["chat", "cancel b"],
    ]);
  });

  it("that is damaged never throws", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 64 }), async (bytes, size) => {
        await read(Buffer.concat([Buffer.from("__CURSOR=1\nMESSAGE\n"), bytes]), size);
      }),
      { numRuns: 50 },
    );
  });
});

describe("a log as XML", () => {
  const text = ERROR.replaceAll("&", "&amp;").replaceAll(">", "&gt;").replaceAll("<", "&lt;");
  it.each([
    ["elements", `<logs>\n<log><time>${AT}Z</time><service>chat</service><message>${text}</message></log>\n`],
    [
      "fields with a name",
      `<?xml version='1.0'?><results preview='0'>\n<result offset='0'><field k='service'><value><text>chat</text></value></field><field k='_time'><value><text>${AT}Z</text></value></field><field k='_raw'><v xml:space='preserve'>${text}</v></field></result>\n</results>`,
    ],
    [
      "attributes",
      `\n<log4j:event logger="x" timestamp="${Date.parse(`${AT}Z`)}"><log4j:message><![CDATA[${ERROR}]]></log4j:message><log4j:properties><log4j:data name="service" value="chat"/></log4j:properties></log4j:event>\n`,
    ],
  ])("is its records: %s", async (_, xml) => {
    const all = await read(xml);
    expect(facts(all)).toEqual([{ at: AT, service: "chat", text: ERROR, line: 2 }]);
    expect(all.summary.unreadable).toBe(0);
  });

  it("has the writer and the time that an attribute names, of a text and of a whole log", async () => {
    const one = `<logs>\n<log time="${AT}Z" service="chat" level="error">${text}</log>\n</logs>\n`;
    expect(facts(await read(one))).toEqual([{ at: AT, service: "chat", text: ERROR, line: 2 }]);
    const log = (name: string): string =>
      `<log service="${name}"><![CDATA[${AT}Z cancel a\n${AT}Z cancel b\n\tat x]]></log>\n`;
    const { records } = await read(`<?xml version="1.0"?>\n<logs>\n${log("chat")}${log("agent")}</logs>\n`);
    expect(records.map(({ service, texts }) => [service, texts[0]?.split("\n", 1)[0]])).toEqual(
      ["chat", "agent"].flatMap((name) => ["cancel a", "cancel b"].map((said) => [name, said])),
    );
    const { records: traced } = await read(`<logs><log service="chat">cancel a\n\tat x\n\tat y</log></logs>\n`);
    expect(traced.map(({ service, texts }) => [service, texts[0]])).toEqual([["chat", "cancel a\n\tat x\n\tat y"]]);
  });

  it("is no page that says that it is XML", async () => {
    for (const doctype of [
      '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x.dtd">\n<!-- by a tool -->\n',
      "<!-- x -->",
    ]) {
      const page = `<?xml version="1.0" encoding="UTF-8" ?>\n${doctype}<html><body>\n<pre>\n${AT.replace("T", " ")} cancel a\n${AT.replace("T", " ")} cancel b\n</pre></body></html>\n`;
      const { records } = await read(page);
      expect(records.map(({ texts, service }) => [texts[0]?.split("\n", 1)[0], service])).toEqual([
        ["cancel a", null],
        ["cancel b", null],
      ]);
    }
  });

  it("loses nothing that is no record, and is told to be cut", async () => {
    const log = (message: string): string => `<log><service>chat</service><message>${message}</message></log>`;
    const several = await read(`${log("cancel a")}${log("cancel b")}\n<log><x><y>cancel c</y></x></log>\ncancel d\n`);
    expect(several.records.map(({ texts }) => texts[0])).toEqual(["cancel a", "cancel b", "cancel c", "cancel d"]);
    const cut = await read(`<logs>\n${log("cancel a")}\n<log><message>cancel b`);
    expect(cut.records.map(({ texts }) => texts[0])).toEqual(["cancel a", "cancel b"]);
    expect(cut.summary.unreadable).toBe(1);
    const page = "<table><tr><td>chat</td><td>cancel</td></tr></table>";
    expect((await read(`${page}\n`)).records.map(({ texts }) => texts[0])).toEqual(["chat\tcancel"]);
    expect((await read("<info> cancel\n<warn> cancel b\n")).records.map(({ texts }) => texts[0])).toEqual([
      "cancel",
      "cancel b",
    ]);
  });
});

describe("headings of tail", () => {
  it("say from which file the lines below come, however far above", async () => {
    const noise = "fine\n".repeat(1000);
    const text = `==> logs/chat.log <==\n${noise}cancel a\n\n==> agent-7d9f8b6c5d-x2v4z.log <==\ncancel b\n{"service":"other","msg":"cancel c"}\n`;
    expect(facts(await read(text)).map(({ service, text: each }) => [service, each])).toEqual([
      ["chat", "cancel a"],
      ["agent", "cancel b"],
      ["other", "cancel c"],
    ]);
  });
});

describe("the same lines", () => {
  it("are read from jq's output as from its input", async () => {
    const objects = ["chat", "agent"].map((service) => ({
      time: `${AT}Z`,
      service,
      msg: ERROR,
      more: [1, { a: "}" }],
    }));
    const pretty = objects.map((object) => JSON.stringify(object, null, 2)).join("\n");
    const plain = objects.map((object) => JSON.stringify(object)).join("\n");
    const where = (text: string) =>
      read(`{"msg":"fine"}\n${text}\n`).then((all) => facts(all).map(({ line: _, ...rest }) => rest));
    expect(await where(pretty)).toEqual(await where(plain));
  });
});

const LINE = `2026/11/23 06:57:00.783 chat.go:118: [Error] recv: ${ERROR}`;
const WHEN = `${AT}Z`;

/** A table with a frame of these signs. */
function framed(rows: readonly (readonly string[])[], bar: string): string {
  return rows.map((row) => `${bar} ${row.join(` ${bar} `)} ${bar}\n`).join("");
}

describe("a table", () => {
  const rows = [
    [WHEN, "chat", LINE],
    [WHEN, "agent", `${LINE} | and | more`],
  ];
  const lines = rows.map((row) => row.join(" | "));
  it.each([
    ["psql", ` ts | service | body \n----+---------+------\n ${lines.join("\n ")}\n(2 rows)\n`, 3],
    ["mysql", `+---+---+---+\n| ts | service | body |\n+---+---+---+\n${framed(rows, "|")}+---+---+---+\n`, 4],
    ["sqlite", `┌──┬──┬──┐\n│ ts │ service │ body │\n├──┼──┼──┤\n${framed(rows, "│")}└──┴──┴──┘\n`, 4],
    [
      "ClickHouse",
      `   ┌─Timestamp─┬─ServiceName─┬─Body─┐\n1. ${framed(rows, "│").replace("\n", "\n2. ")}   └──┴──┴──┘\n`,
      2,
    ],
    [
      "ClickHouse, with a line",
      `┏━━┳━━┳━━┓\n┃ Timestamp ┃ ServiceName ┃ Body ┃\n┡━━╇━━╇━━┩\n${framed(rows, "│")}└──┴──┴──┘\n`,
      4,
    ],
    ["Markdown in Chinese", `| 时间 | 服务 | 消息 |\n| --- | --- | --- |\n${framed(rows, "|")}`, 3],
    ["Markdown", `| time | service | message |\n| :--- | --- | ---: |\n${framed(rows, "|")}`, 3],
    [
      "DuckDB, with the types of its columns",
      `┌──┬──┬──┐\n│ ts │ service │ message │\n│ timestamp │ varchar │ varchar │\n├──┼──┼──┤\n${framed(rows, "│")}└──┴──┴──┘\n`,
      5,
    ],
    ["Insights", `-----\n| @timestamp | service | @message |\n|-----|\n${framed(rows, "|")}-----\n`, 4],
    [
      "Elasticsearch",
      `@timestamp|service|message\n----+----+----\n${rows.map((row) => row.join("|")).join("\n")}\n`,
      3,
    ],
  ])("has the names of its columns in its heading: %s", async (_, text, line) => {
    const found = [
      { at: AT, service: "chat", line },
      { at: AT, service: "agent", line: line + 1 },
    ];
    for (const size of [65_536, 3]) {
      const made = facts(await read(text, size));
      expect(made).toMatchObject(found);
      expect(made[0]?.text).toBe(`recv: ${ERROR}`);
      expect(made[1]?.text?.replaceAll(" ", "")).toContain("|and|more");
    }
    expect(facts(await read(gzipSync(text)))).toMatchObject(found);
  });

  it("has its columns where its heading has them, or where a line below it has", async () => {
    const az = `Time                       Container  LogEntry\n-------------------------  ---------  --------\n${WHEN}   chat       ${LINE}\n`;
    const gcloud = `TIMESTAMP                  CONTAINER_NAME  TEXT_PAYLOAD\n${WHEN}   chat            ${LINE}\n`;
    expect(facts(await read(az))).toMatchObject([{ at: AT, service: "chat", line: 3 }]);
    expect(facts(await read(gcloud))).toMatchObject([{ at: AT, service: "chat", line: 2 }]);
  });

  it("has rows over several lines, where a cell goes on or was wrapped", async () => {
    const head = " ts | service | body \n----+---------+------\n";
    const more = `${head} ${WHEN} | chat | recv: cancel   +\n    |         | \tat main.go:1\n ${WHEN} | agent | cancel\n`;
    expect(facts(await read(more))).toEqual([
      { at: AT, service: "chat", text: "recv: cancel\nat main.go:1", line: 3 },
      { at: AT, service: "agent", text: "cancel", line: 5 },
    ]);
    const wrapped = `${head} ${WHEN} | chat | recv: can.\n    |         |.cel\n`;
    expect(facts(await read(wrapped))).toMatchObject([{ service: "chat", text: "recv: cancel" }]);
  });

  it("may have cells that were wrapped, at their width or between words, and cells of several lines", async () => {
    const words = "recv failed with code 12007 [canceled path: a -> b] cancel";
    const table = (cells: readonly string[], width: number): string => {
      const row = (time: string, name: string, cell: string) =>
        `| ${time.padEnd(24)} | ${name.padEnd(7)} | ${cell.padEnd(width)} |\n`;
      const below = cells
        .slice(1)
        .map((cell) => row("", "", cell))
        .join("");
      return `${row("time", "service", "message")}|${"-".repeat(26)}|${"-".repeat(9)}|${"-".repeat(width + 2)}|\n${row(WHEN, "chat", cells[0] ?? "")}${below}`;
    };
    for (let width = 20; width < 40; width += 1) {
      const cut = words.match(new RegExp(`.{1,${width}}`, "g")) ?? [];
      expect(facts(await read(table(cut, width))), String(width)).toMatchObject([{ service: "chat", text: words }]);
    }
    const byWords = ["recv failed with code", "12007 [canceled path: a", "-> b] cancel"];
    expect(facts(await read(table(byWords, 24)))).toMatchObject([{ text: words }]);
    const trace = ["cancel a", "at x of a", "at y"];
    expect(facts(await read(table(trace, 24)))).toMatchObject([{ text: trace.join("\n") }]);
  });

  it("may have the numbers of its rows below no name", async () => {
    const ruled = (row: readonly string[]): string =>
      row.map((cell, i) => cell.padEnd([2, 30, 8, 9][i] ?? 0)).join("  ");
    const text = [
      ["", "time", "service", "message"],
      ["--", "-".repeat(30), "-".repeat(8), "-".repeat(9)],
    ]
      .map(ruled)
      .join("\n");
    const simple = `${text}\n${ruled([" 9", WHEN, "chat", LINE])}\n${ruled(["10", WHEN, "agent", LINE])}\n`;
    const page = `|    | time | service | message |\n|---:|---|---|---|\n| 9 | ${WHEN} | chat | ${LINE} |\n| 10 | ${WHEN} | agent | ${LINE} |\n`;
    for (const each of [simple, page])
      expect(facts(await read(each)), each).toMatchObject([
        { at: AT, service: "chat", line: 3 },
        { at: AT, service: "agent", line: 4 },
      ]);
  });

  it("is none without a time and a message among its columns, and ordinary lines with bars are lines", async () => {
    for (const text of [
      `| name | service | age |\n|---|---|---|\n| a | chat | cancel |\n`,
      `${WHEN} | ERROR | recv: cancel\n${WHEN} | ERROR | recv: cancel\n`,
      `time  message\n${WHEN}  recv: cancel\n`,
      `时间 | 服务 | 备注\n---|---|---\n${WHEN} | chat | recv: cancel\n`,
    ])
      for (const { service } of facts(await read(text))) expect(service, text).toBeNull();
  });
});

describe("records with a field on each line", () => {
  it.each([
    [
      "psql",
      `-[ RECORD 1 ]----\nts      | ${WHEN}\nservice | chat\nbody    | ${LINE}\n-[ RECORD 2 ]----\nts      | ${WHEN}\nservice | agent\nbody    | recv: cancel+\n        | \tat x\n`,
      4,
    ],
    [
      "mysql",
      `***************** 1. row *****************\n     ts: ${WHEN}\nservice: chat\n   body: ${LINE}\n***************** 2. row *****************\n     ts: ${WHEN}\nservice: agent\n   body: recv: cancel\n\tat x\n`,
      4,
    ],
    [
      "ClickHouse",
      `Row 1:\n──────\nTimestamp:   ${WHEN}\nServiceName: chat\nBody:        ${LINE}\n\nRow 2:\n──────\nTimestamp:   ${WHEN}\nServiceName: agent\nBody:        recv: cancel\n`,
      6,
    ],
    [
      "TOML",
      `[[log]]\ntime = ${WHEN}\nservice = "chat"\nmessage = ${JSON.stringify(LINE)}\n\n[[log]]\ntime = ${WHEN}\nservice = "agent"\nmessage = 'recv: cancel'\n`,
      5,
    ],
    [
      "YAML, documents",
      `---\ntime: ${WHEN}\nservice: chat\nmsg: ${JSON.stringify(LINE)}\n---\ntime: '${WHEN}'\nservice: agent\nmsg: >-\n  recv:\n  cancel\n`,
      4,
    ],
    [
      "YAML, a list",
      `- time: ${WHEN}\n  service: chat\n  msg: |\n    ${LINE}\n\n- time: ${WHEN}\n  service: agent\n  msg: 'recv:\n    cancel'\n`,
      5,
    ],
    [
      "gcloud",
      `---\nlabels:\n  k8s-pod/app: chat\nresource:\n  labels:\n    container_name: app\n  type: k8s_container\ntextPayload: ${JSON.stringify(LINE)}\ntimestamp: '${WHEN}'\n---\nlabels:\n  k8s-pod/app: agent\ntextPayload: 'recv: cancel'\ntimestamp: '${WHEN}'\n`,
      9,
    ],
  ])("are read: %s", async (_, text, length) => {
    for (const size of [65_536, 3]) {
      const made = facts(await read(text, size));
      expect(made).toMatchObject([
        { at: AT, service: "chat", text: `recv: ${ERROR}`, line: 1 },
        { at: AT, service: "agent", line: length + 1 },
      ]);
      expect(made[1]?.text).toMatch(/^recv: cancel/);
    }
  });

  it("are read where they are paragraphs, also with values that were wrapped", async () => {
    const list = (time: string, name: string, text: string) =>
      `TimeCreated : ${time}\nService     : ${name}\nMessage     : ${text}\n`;
    const wrapped = LINE.match(/.{1,90}/g)?.join("\n              ") ?? "";
    const xtab = (name: string) => `time    ${WHEN}\nservice ${name}\nmessage ${LINE}\n`;
    for (const text of [
      `\n${list(WHEN, "chat", LINE)}\n${list(WHEN, "agent", "recv: cancel")}\n`,
      `${list(WHEN, "chat", wrapped)}\n\n${list(WHEN, "agent", "recv: cancel")}`,
      `${xtab("chat")}\n${xtab("agent")}`,
    ])
      expect(facts(await read(text)), text).toMatchObject([
        { at: AT, service: "chat", text: `recv: ${ERROR}` },
        { at: AT, service: "agent" },
      ]);
    const words = "Note : a\nTime   is money : cancel\nmessage : cancel\n\nmore cancel\n";
    for (const { service } of facts(await read(words))) expect(service).toBeNull();
  });

  it("are the lines that a terminal showed while it was recorded, whole, however they came", async () => {
    const head = '{"version": 2, "width": 200, "height": 50, "timestamp": 1795417020}';
    const events = [LINE.slice(0, 70), `${LINE.slice(70)}\r\n`, `${LINE}\r\n${LINE}\r\n`].map((text, i) =>
      JSON.stringify([i / 10, "o", text]),
    );
    const found = facts(await read(`${[head, ...events].join("\n")}\n`));
    expect(found.map(({ text }) => text)).toEqual(Array(3).fill(`recv: ${ERROR}`));
    expect(found.map(({ line }) => line)).toEqual([3, 4, 4]);
  });

  it("are none where they hold no time or no message, and lines are lines", async () => {
    const page = "---\ntitle: cancel\nauthor: me\n---\nrecv: cancel\n";
    const list = "- chat: cancel\n- agent: recv: cancel\n";
    const stars = "*** 1. row of chat: cancel\nservice: chat\n";
    for (const text of [page, list, stars])
      for (const { service } of facts(await read(text))) expect(service, text).toBeNull();
    expect(facts(await read(page))).toHaveLength(2);
  });

  it.each([
    ["a bracket that is not closed", `msg: "recv: cancel\nextra: [1, 2`],
    ["maps in maps in maps", `msg: recv cancel\nextra: ${"{a: ".repeat(20_000)}1`],
    [
      "aliases of aliases",
      `msg: recv cancel\na: &a [x, x]\n${Array.from("bcdefghijkl", (each, i) => `${each}: &${each} [${`*${"abcdefghijk"[i]},`.repeat(9)}]`).join("\n")}`,
    ],
  ])("that are broken, or bombs, are the lines they were: %s", async (_, body) => {
    const { records } = await read(
      `---\ntime: ${WHEN}\nservice: chat\n${body}\n---\ntime: ${WHEN}\nservice: agent\nmsg: cancel\n`,
    );
    expect(records.map(({ service, texts }) => [service, texts.length > 0]).slice(1)).toEqual([["agent", true]]);
  });

  it("keep what is no record of theirs as the lines it was", async () => {
    const text = `---\ntime: ${WHEN}\nservice: chat\nmsg: cancel\n---\njust words and a cancel\n`;
    expect(facts(await read(text))).toMatchObject([
      { service: "chat", text: "cancel" },
      { service: null, text: "just words and a cancel" },
    ]);
  });
});

describe("logs in a document", () => {
  const log = (i: number) => `2026/11/23 06:57:0${i}.783 chat.go:118: [Error] recv: cancel ${i}`;
  const both = [
    { service: "chat", text: "recv: cancel 0" },
    { service: "chat", text: "recv: cancel 1" },
    { service: "agent", text: "recv: cancel 2" },
  ];
  it.each([
    [
      "beside a name",
      [
        { service: "chat", logs: `${log(0)}\n${log(1)}\n` },
        { service: "agent", logs: `${log(2)}\n` },
      ],
    ],
    ["by the names of their files", { chat: `${log(0)}\n${log(1)}\n`, agent: log(2) }],
    ["as lists of lines", { chat: [log(0), log(1)], agent: [log(2)] }],
    [
      "of hosts, with a text and its lines",
      {
        plays: [
          {
            hosts: {
              chat: { changed: true, stdout: `${log(0)}\n${log(1)}`, stdout_lines: [log(0), log(1)] },
              agent: { changed: true, stdout: log(2), stdout_lines: [log(2)] },
            },
          },
        ],
      },
    ],
  ])("are read line by line: %s", async (_, value) => {
    for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)])
      expect(facts(await read(text)), text).toMatchObject(both);
  });

  it("are read where the document is a text or a list of texts", async () => {
    for (const value of [`${log(0)}\n${log(1)}\n`, [log(0), log(1)]])
      expect(facts(await read(JSON.stringify(value))).map(({ text }) => text)).toEqual([
        "recv: cancel 0",
        "recv: cancel 1",
      ]);
  });

  it("leave what stands beside them a record of its own, once", async () => {
    const value = { service: "chat", error: "recv: cancel 7", logs: `${log(0)}\n${log(1)}` };
    expect(
      facts(await read(JSON.stringify(value)))
        .map(({ text }) => text)
        .sort(),
    ).toEqual(["recv: cancel 0", "recv: cancel 1", "recv: cancel 7"]);
  });

  it("are what a person pasted into a message, and not what a program quotes", async () => {
    const text = `look at this:\n\`\`\`${log(0)}\n${log(1)}\n${log(2)}\n\`\`\``;
    const message = { type: "message", user: "U1", ts: "1795417020.000100", text };
    expect(facts(await read(JSON.stringify([message]))).map((each) => each.text?.slice(0, 14))).toHaveLength(3);
    for (const more of [{ time: `${AT}Z` }, {}]) {
      const quoted = facts(await read(`${JSON.stringify({ ...more, service: "alerts", text })}\n`));
      expect(quoted).toHaveLength(1);
    }
  });

  it("are no stacks and no messages of a record", async () => {
    const record = { time: `${AT}Z`, service: "chat", msg: "recv: cancel", stack: `cancel\n${log(1)}\n${log(2)}` };
    expect(facts(await read(JSON.stringify(record)))).toMatchObject([{ service: "chat", at: AT }]);
  });
});

describe("LTSV", () => {
  it("is read by its labels, and by the line in its message", async () => {
    const plain = `time:${AT}Z\tservice:chat\tmessage:recv: cancel\\n\\tat x\n`;
    expect(facts(await read(plain))).toMatchObject([{ at: AT, service: "chat", text: "recv: cancel\n\tat x" }]);
    for (const message of [LINE, `{"msg":"recv: ${ERROR}"}`])
      expect(facts(await read(`time:${AT}Z\thost:n1\tservice:chat\tmessage:${message}\n`))).toMatchObject([
        { at: AT, service: "chat", text: `recv: ${ERROR}` },
      ]);
  });

  it("is no other line with tabs", async () => {
    for (const text of ["recv: cancel\tservice:chat", "at:x\tcancel:b", `error:a\tservice chat cancel`])
      expect(facts(await read(`${text}\n`))[0]?.service, text).toBeNull();
  });
});

describe("lines below a heading", () => {
  const line = "2026/11/23 06:57:00.783 chat.go:118: [Error] recv: cancel";
  const folder = mkdtempSync(join(tmpdir(), "headings-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function readFile(name: string, text: string) {
    writeFileSync(join(folder, name), text);
    const records: SourceRecord[] = [];
    for await (const batch of readSources([join(folder, name)], { prefilter, contextBytes: 1_000_000 }))
      records.push(...batch);
    return records.filter(({ texts }) => texts[0]?.startsWith("recv: cancel")).map(({ service }) => service);
  }

  it.each([
    ["page.md", `# Incident\n\n## chat\n\n\`\`\`\n${line}\n${line}\n\`\`\`\n\n## agent\n\`\`\`\n${line}\n\`\`\`\n`],
    [
      "issue.md",
      `<details>\n<summary>chat logs</summary>\n\n${line}\n${line}\n</details>\n<summary>agent logs</summary>\n${line}\n`,
    ],
    [
      "ticket.txt",
      `{noformat:title=chat.log}\n${line}\n${line}\n{noformat}\n{noformat:title=agent.log}\n${line}\n{noformat}\n`,
    ],
    ["found.txt", `logs/chat.log\n17:${line}\n18:${line}\n\nlogs/agent.log\n3:${line}\n`],
    ["hosts.txt", `chat | CHANGED | rc=0 >>\n${line}\n${line}\nagent | CHANGED | rc=0 >>\n${line}\n`],
  ])("are those of whom it names: %s", async (name, text) => {
    expect(await readFile(name, text)).toEqual(["chat", "chat", "agent"]);
  });

  it("are the file's own where the heading may be about anything", async () => {
    const text = `## restart\n${line}\n**error**\n${line}\nother.log\n${line}\n`;
    expect(await readFile("chat.log", text)).toEqual(["chat", "chat", "chat"]);
  });
});
