import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatInstant } from "../../../src/model/index.ts";
import { type Draft, tidyTexts } from "../../../src/sources/formats/draft.ts";
import { readEvent } from "../../../src/sources/formats/event.ts";
import { ownerOf } from "../../../src/sources/formats/names.ts";
import { createShapeContext } from "../../../src/sources/formats/record-maker.ts";
import { unwrapLine } from "../../../src/sources/formats/wrapper.ts";
import { parseZone, type Zone } from "../../../src/sources/formats/zone.ts";
import { ERROR, prefilter } from "../prefilter.ts";

const context = createShapeContext(prefilter, { zone: parseZone("UTC") as Zone, nearMs: Date.UTC(2026, 10, 24) });

function read(text: string): Draft & { readonly time: string | null; readonly service: string | null } {
  const draft = readEvent(text, context);
  const { service } = ownerOf(draft.names);
  return { ...draft, service, texts: tidyTexts(draft.texts), time: draft.at === null ? null : formatInstant(draft.at) };
}

const AT = "2026-11-23T06:57:00.783910000Z";

describe("Kitex's default format", () => {
  it("gives time, caller and level, and the message whole", () => {
    const draft = read(
      `2026/11/23 06:57:00.783910 chat.go:118: [Error] ServerStream to ServiceB: recv failed: ${ERROR}`,
    );
    expect(draft.time).toBe(AT);
    expect(draft.texts).toEqual([`ServerStream to ServiceB: recv failed: ${ERROR}`]);
    expect(Object.fromEntries(draft.fields)).toEqual({ caller: "chat.go:118", level: "Error" });
  });

  it("keeps the lines of a stack in the one text", () => {
    const draft = read(
      "2026/11/23 06:57:00.783910 server_handler.go:266: [Error] KITEX: panic\nstack=goroutine 25 [running]:\r\n\tmain.go:1",
    );
    expect(draft.texts).toEqual(["KITEX: panic\nstack=goroutine 25 [running]:\n\tmain.go:1"]);
  });
});

describe("a line that was wrapped behind a prefix", () => {
  const line = `2026/11/23 06:57:00.783910 chat.go:118: [Error] ServerStream to model: ${ERROR} and some more words behind it`;
  const pieces = (text: string, width: number) => text.match(new RegExp(`.{1,${width}}`, "g")) ?? [];
  const text = line.slice(line.indexOf("ServerStream"));

  it("is one again, whether the prefix was wrapped with it or stands before each piece", () => {
    for (const written of [
      pieces(`chat-1   | ${line}`, 80).join("\n"),
      pieces(line, 70)
        .map((piece) => `chat-1   | ${piece}`)
        .join("\n"),
      pieces(line, 70)
        .map((piece, at) => `${at === 0 ? "chat-1  " : "        "} | ${piece}`)
        .join("\n"),
      pieces(`[pod/chat-5d9f7c6b88-x2x7q/app] ${line}`, 100).join("\n"),
    ]) {
      const draft = read(written);
      expect(draft.texts, written).toEqual([text]);
      expect(draft.service, written).toBe("chat");
      expect(draft.time, written).toBe(AT);
    }
  });

  it("is one again behind the sign with which a mail quotes each of its lines", () => {
    const lines = `${line} `.match(/.{1,70}(?= ) /g)?.map((each) => each.slice(0, -1)) ?? [];
    expect(lines.length).toBeGreaterThan(3);
    expect(read(lines.map((each) => `> ${each}`).join("\n")).texts).toEqual([text]);
  });

  it("stays on its lines where they were never one", () => {
    const stack = "chat-1   | 2026/11/23 06:57:00.783910 a.go:1: [Error] panic: boom\nchat-1   | \tat main.go:1";
    expect(read(stack).texts).toEqual(["panic: boom\n\tat main.go:1"]);
  });
});

describe("java.util.logging's form of two lines", () => {
  const head = "Nov 23, 2026 6:57:00 AM com.acme.Gateway handle";

  it("has its level and its message on the second", () => {
    const draft = read(`${head}\nSEVERE: ${ERROR}\n\tat com.acme.Gateway.handle(Gateway.java:7)`);
    expect(draft.time).toBe("2026-11-23T06:57:00.000000000Z");
    expect(draft.texts).toEqual([`${ERROR}\n\tat com.acme.Gateway.handle(Gateway.java:7)`]);
    expect(Object.fromEntries(draft.fields)).toEqual({ level: "SEVERE", caller: "com.acme.Gateway handle" });
  });

  it("is no other line that goes on with a level", () => {
    expect(read(`Nov 23, 2026 6:57:00 AM it began: see below\nINFO: ${ERROR}`).texts[0]).toContain("it began");
  });
});

describe("a transaction as varnishlog groups it", () => {
  const lines = [
    "**  << BeReq    >> 4",
    "--  Begin          bereq 3 pass",
    "--  Timestamp      Start: 1795417018.205025 0.000000 0.000000",
    "--  FetchError     first byte timeout",
    "--  Timestamp      Beresp: 1795417020.783910 1.801286 1.800977",
  ];

  it("is written when it is over", () => expect(read(lines.join("\n")).time).toBe(AT));

  it("has no time without an instant of its own", () => expect(read(lines.slice(0, 2).join("\n")).time).toBeNull());
});

describe("spaces that a page or a chat put into a line", () => {
  it("are spaces, and those without a width are none", () => {
    const odd = ERROR.replaceAll(" ", "\u00a0").replace("code", "co\u200bde");
    expect(read(`2026/11/23\u00a006:57:00.783910\u202fchat.go:118:\u00a0[Error] ${odd}`)).toMatchObject({
      time: AT,
      texts: [ERROR],
    });
  });
});

describe("other lines for people", () => {
  const rows: readonly (readonly [name: string, line: string])[] = [
    ["klog", `E1123 06:57:00.783910   12345 chat.go:118] ${ERROR}`],
    ["Python", `2026-11-23 06:57:00,783910 ERROR ${ERROR}`],
    ["logback", `2026-11-23 06:57:00.783910 [ERROR] ${ERROR}`],
    ["nginx", `2026/11/23 06:57:00.783910 [error] ${ERROR}`],
    ["bracketed", `[2026-11-23T06:57:00.783910Z] ERROR: ${ERROR}`],
    ["coloured", `\u001b[90m2026-11-23T06:57:00.783910Z\u001b[0m \u001b[31mERROR\u001b[0m ${ERROR}`],
  ];
  for (const [name, line] of rows) {
    it(`are read: ${name}`, () => {
      const draft = read(line);
      expect(draft.time).toBe(AT);
      expect(draft.texts).toEqual([ERROR]);
      expect(draft.fields.get("level")?.toLowerCase()).toMatch(/^err/);
    });
  }

  it("are read: zap's console encoder with its fields at the end", () => {
    const draft = read(
      `2026-11-23T06:57:00.783910Z\tERROR\tchat/chat.go:118\tstream recv failed\t{"peer": "ServiceB", "error": "${ERROR}"}`,
    );
    expect(draft.time).toBe(AT);
    expect(draft.texts).toEqual([ERROR, "stream recv failed"]);
    expect(draft.fields.get("peer")).toBe("ServiceB");
  });

  const tails: readonly (readonly [name: string, line: string])[] = [
    ["klog", `E1123 06:57:00.783910 12 a.go:54] "recv failed" err="${ERROR}" method="Stream" peer="ServiceB"`],
    ["slog", `2026/11/23 06:57:00.783910 ERROR recv failed method=Stream peer=ServiceB err="${ERROR}"`],
    ["zerolog's console", `6:57AM ERR recv failed error="${ERROR}" method=Stream peer=ServiceB`],
    ["logrus on a terminal", `ERRO[0003] recv failed          error="${ERROR}" method=Stream peer=ServiceB`],
  ];
  for (const [name, line] of tails) {
    it(`end an error at the quote that opened before it, and give the pairs behind it: ${name}`, () => {
      const draft = read(line);
      expect(draft.texts[0]).toBe(ERROR);
      expect(draft.fields.get("peer")).toBe("ServiceB");
      expect(draft.fields.get("level")?.toLowerCase()).toMatch(/^err/);
    });
  }

  it("keep an error whole that stands there without quotes", () => {
    const text = `ServerStream to ServiceB: recv failed, remoteAddr=127.0.0.1:1, error=${ERROR}`;
    expect(read(`2026/11/23 06:57:00.783910 chat.go:118: [Error] ${text}`).texts).toEqual([text]);
  });

  it("keep the lines below pairs with the message", () => {
    expect(read(`6:57AM ERR recv failed error="x y" peer=ServiceB\n\tat main.go:1`).texts).toContain(
      "recv failed\n\tat main.go:1",
    );
  });

  it("give the ids of a trace that stand in the text", () => {
    const draft = read(`${ERROR} trace_id=24fb84d8c041e10d2114830297c27834 span_id=c8db807a764f2c6c`);
    expect(draft.traceId).toBe("24fb84d8c041e10d2114830297c27834");
    expect(draft.spanId).toBe("c8db807a764f2c6c");
    expect(draft.time).toBeNull();
  });
});

describe("a wrapper", () => {
  const AT_NANOS = "2026-11-23T06:57:00.783910123Z";
  const rows: readonly (readonly [name: string, line: string, time: string])[] = [
    ["Compose with a name of its own", `ServiceA-1  | ${AT_NANOS} ${ERROR}`, AT_NANOS],
    [
      "Compose before a coarser time",
      `servicea  | ${AT_NANOS} time="2026-11-23T06:57:00Z" level=error msg="${ERROR}"`,
      AT_NANOS,
    ],
    ["a syslog daemon's file", `2026-11-23T06:57:00.783910+00:00 node-a servicea 12 - -  ${ERROR}`, AT],
  ];
  for (const [name, line, time] of rows) {
    it(`names the service and counts finer than the line: ${name}`, () => {
      const draft = read(line);
      expect([draft.service?.toLowerCase(), draft.time, draft.texts[0]]).toEqual(["servicea", time, ERROR]);
    });
  }
});

describe("a line of JSON", () => {
  const rows: readonly (readonly [name: string, object: object, text?: string])[] = [
    ["slog", { time: AT, level: "ERROR", msg: "recv", service: "ServiceA", err: ERROR }],
    [
      "zap",
      { level: "error", ts: 1795417020.78391, caller: "chat.go:118", msg: "recv", service: "ServiceA", error: ERROR },
    ],
    ["logrus", { time: "2026-11-23T06:57:00.783910Z", level: "error", msg: ERROR, service: "ServiceA" }],
    ["zerolog", { level: "error", service: "ServiceA", time: "1795417020783910", error: ERROR, message: "recv" }],
    [
      "pino",
      {
        level: 50,
        time: 1795417020783.91,
        pid: 1,
        hostname: "h",
        name: "ServiceA",
        err: { type: "Error", message: ERROR, stack: "at x" },
      },
    ],
    [
      "bunyan",
      {
        name: "ServiceA",
        hostname: "h",
        pid: 1,
        level: 50,
        err: { message: ERROR },
        msg: "recv",
        time: "2026-11-23T06:57:00.783910Z",
        v: 0,
      },
    ],
    ["winston", { timestamp: "2026-11-23T06:57:00.783910Z", level: "error", message: ERROR, service: "ServiceA" }],
    ["ECS", { "@timestamp": "2026-11-23T06:57:00.783910Z", service: { name: "ServiceA" }, error: { message: ERROR } }],
    ["journal", { __REALTIME_TIMESTAMP: "1795417020783910", _SYSTEMD_UNIT: "ServiceA.service", MESSAGE: ERROR }],
    [
      "journal with bytes",
      { __REALTIME_TIMESTAMP: "1795417020783910", _SYSTEMD_UNIT: "ServiceA.service", MESSAGE: [...Buffer.from(ERROR)] },
    ],
    [
      "journal with the bytes of a line of JSON",
      {
        SYSLOG_IDENTIFIER: "app",
        MESSAGE: [...Buffer.from(JSON.stringify({ time: AT, service: "ServiceA", err: ERROR }))],
      },
    ],
    [
      "Kubernetes",
      {
        time: "2026-11-23T06:57:00.783910Z",
        kubernetes: { pod_name: "ServiceA-7d9f8b6c5d-x2v4z", namespace_name: "shop" },
        log: `${ERROR}\n`,
      },
    ],
    ["deep", { time: AT, service: "ServiceA", a: { b: [{ c: { d: { e: ERROR } } }] } }],
    [
      "wrapped as text",
      { service: "ServiceA", time: AT, data: JSON.stringify({ inner: JSON.stringify({ cause: ERROR }) }) },
    ],
    [
      "escaped twice",
      {
        service: "ServiceA",
        time: AT,
        msg: `failed: ${JSON.stringify(JSON.stringify(ERROR)).slice(3, -3).replaceAll(">", "\\u003e")}`,
      },
      `failed: ${ERROR}`,
    ],
  ];
  for (const [name, object, text] of rows) {
    it(`is read: ${name}`, () => {
      const draft = read(JSON.stringify(object));
      expect(draft.time).toBe(AT);
      expect(draft.service).toBe("ServiceA");
      expect(draft.texts[0]?.trim()).toBe(text ?? ERROR);
    });
  }

  it("keeps nanoseconds that are a number too long for a double", () => {
    expect(read('{"ts":1795417020783910123,"msg":"cancel"}').at).toBe(1_795_417_020_783_910_123n);
  });

  it("flattens its fields to dotted names", () => {
    const draft = read('{"msg":"cancel","a":{"b":[1,true,null],"c":"x"}}');
    expect(Object.fromEntries(draft.fields)).toEqual({ msg: "cancel", "a.b.0": "1", "a.b.1": "true", "a.c": "x" });
  });

  it("finds trace ids under their many names", () => {
    const id = "24fb84d8c041e10d2114830297c27834";
    for (const [name, value] of [
      ["trace_id", id],
      ["traceId", id.toUpperCase()],
      ["trace.id", id],
      ["traceparent", `00-${id}-c8db807a764f2c6c-01`],
      ["logging.googleapis.com/trace", `projects/p/traces/${id}`],
    ] as const) {
      expect(read(JSON.stringify({ [name]: value, msg: "cancel" })).traceId).toBe(id);
    }
    expect(read(JSON.stringify({ trace_id: "00000000000000000000000000000000", msg: "cancel" })).traceId).toBeNull();
  });

  it("does not take the name of the peer for its own", () => {
    expect(read('{"msg":"cancel","peer_service_name":"ServiceB","peer.service":"ServiceB"}').service).toBeNull();
  });

  it("drops a text that another one contains", () => {
    expect(read(JSON.stringify({ msg: `failed: ${ERROR}`, err: ERROR })).texts).toEqual([`failed: ${ERROR}`]);
  });

  it("that is cut is still a text, without its escapes", () => {
    expect(read('{"msg":"say \\"cancel\\" \\u003e now').texts).toEqual(['{"msg":"say "cancel" > now']);
  });

  it("gives its values in order: what is inside of a text where the text stands, what is nested last", () => {
    const inner = JSON.stringify({ b: "two", c: ["three"], d: { e: 4 } });
    const line = JSON.stringify({ a: "one", list: [{ x: 7 }, 8], inner, f: 5, nothing: null, more: { g: { h: 6 } } });
    expect([...readEvent(line, context).fields]).toEqual([
      ["a", "one"],
      ["inner.b", "two"],
      ["inner.c", "three"],
      ["inner.d.e", "4"],
      ["f", "5"],
      ["list.0.x", "7"],
      ["list.1", "8"],
      ["more.g.h", "6"],
    ]);
  });

  it("with more figures than anything is read of loses no text behind them", () => {
    const figures = Array.from({ length: 60_000 }, (_, i) => `"k${i}":${i}`).join(",");
    const draft = read(`{${figures},"service":"chat","err":"cancel"}`);
    expect([draft.service, draft.texts, draft.cut]).toEqual(["chat", ["cancel"], false]);
  });

  it("with more values than are read says so, and hides no plain value beside them", () => {
    const many = Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`k${i}`, { a: i }]));
    const draft = read(JSON.stringify({ time: AT, many, error: ERROR }));
    expect(draft).toMatchObject({ texts: [ERROR], cut: true });
    expect(read(JSON.stringify({ time: AT, many: { a: 1 }, error: ERROR })).cut).toBe(false);
  });

  it.each([
    ["before another", `{"error":"${ERROR}","error":"giving up"}`],
    ["behind another", `{"error":"giving up","error":"${ERROR}"}`],
    ["inside", `{"msg":"x","ctx":{"cause":"${ERROR}","cause":"giving up"}}`],
    ["in a wrapper's line", JSON.stringify({ log: `{"error":"${ERROR}","error":"giving up"}\n`, stream: "stderr" })],
  ])("under a key that is written twice is found: %s", (_, line) => {
    expect(read(line).texts).toContain(ERROR);
  });

  it("a hundred thousand levels deep is no crash, and its text is found", () => {
    const deep = `${'{"a":'.repeat(20_000)}"${ERROR}"${"}".repeat(20_000)}`;
    expect(read(deep).texts).toEqual([ERROR]);
    const open = '[{"a":'.repeat(100_000);
    expect(() => read(`{"x":${open}`)).not.toThrow();
    expect(() => read(`{"x":${"[".repeat(100_000)}"${ERROR}"${"]".repeat(100_000)}}`)).not.toThrow();
  });
});

describe("logfmt", () => {
  it("is read with quoted values", () => {
    const draft = read(
      `time=2026-11-23T06:57:00.783910Z level=error service=ServiceA msg="recv failed" err="${ERROR}"`,
    );
    expect(draft.time).toBe(AT);
    expect(draft.service).toBe("ServiceA");
    expect(draft.texts).toEqual([ERROR, "recv failed"]);
  });

  it("keeps an error together that was written without quotes", () => {
    const draft = read(`level=error err=${ERROR} peer=ServiceB`);
    expect(draft.texts).toEqual([ERROR]);
    expect(draft.fields.get("peer")).toBe("ServiceB");
  });
});

describe("a wrapped line", () => {
  const klog = `2026/11/23 06:57:00.783910 chat.go:118: [Error] ${ERROR}`;
  const json = JSON.stringify({ time: AT, service: "ServiceA", err: ERROR });

  it("is opened: Docker's json-file", () => {
    const line = (text: string): string =>
      JSON.stringify({ log: `${text}\n`, stream: "stdout", time: "2026-11-23T06:57:01.5Z" });
    expect(read(line(json))).toMatchObject({ time: AT, service: "ServiceA", texts: [ERROR] });
    expect(read(line(klog))).toMatchObject({ time: AT, texts: [ERROR] });
    expect(read(line(ERROR))).toMatchObject({ time: "2026-11-23T06:57:01.500000000Z", texts: [ERROR] });
    expect(read(`${line(klog)}\n${line("\tat main.go:1")}`).texts).toEqual([`${ERROR}\n\tat main.go:1`]);
  });

  it("is opened: the kubelet's format, pieces put together", () => {
    const time = "2026-11-23T06:57:01.5Z";
    expect(read(`${time} stdout F ${json}`)).toMatchObject({ time: AT, service: "ServiceA", texts: [ERROR] });
    expect(read(`${time} stdout P ${json.slice(0, 60)}\n${time} stdout F ${json.slice(60)}`)).toMatchObject({
      time: AT,
      texts: [ERROR],
    });
    expect(read(`${time} stderr F ${klog}\n${time} stderr F \tat main.go:1`).texts).toEqual([
      `${ERROR}\n\tat main.go:1`,
    ]);
  });

  it("is opened: syslog, kubectl, compose, and one inside another", () => {
    expect(read(`Nov 23 06:57:00 host ServiceA[12]: ${ERROR}`)).toMatchObject({ service: "ServiceA", texts: [ERROR] });
    expect(read(`<34>1 2026-11-23T06:57:00.783910Z host ServiceA 12 ID47 [x@1 a="b]"] ${ERROR}`)).toMatchObject({
      time: AT,
      service: "ServiceA",
      texts: [ERROR],
    });
    expect(read(`[pod/ServiceA-7d9f8b6c5d-x2v4z/main] ${klog}`)).toMatchObject({
      time: AT,
      service: "ServiceA",
      texts: [ERROR],
    });
    expect(read(`ServiceA-1  | ${klog}`)).toMatchObject({ time: AT, service: "ServiceA", texts: [ERROR] });
    expect(read(`[pod/ServiceB-0/main] 2026-11-23T06:57:01.5Z stdout F ${json}`)).toMatchObject({
      service: "ServiceA",
      texts: [ERROR],
    });
  });

  it("is opened: kubectl and docker logs with timestamps", () => {
    expect(read(`2026-11-23T06:57:01.5Z ${klog}`)).toMatchObject({ time: AT, texts: [ERROR] });
    expect(read(`2026-11-23T06:57:01.5Z ${json}`)).toMatchObject({ time: AT, service: "ServiceA", texts: [ERROR] });
    expect(read(`2026-11-23T06:57:01.5Z ${ERROR}`)).toMatchObject({
      time: "2026-11-23T06:57:01.500000000Z",
      texts: [ERROR],
    });
  });

  it("is none where a level is padded behind the application's own time", () => {
    for (const level of [" INFO", " WARN", "   INFO"])
      expect(read(`2026-11-23T06:57:00.783910Z ${level} request{id=A1}: api: ${ERROR}`)).toMatchObject({ time: AT });
    const events = "2026-11-23T06:57:00.1Z  INFO api: open\n2026-11-23T06:57:00.2Z  WARN api: closed";
    expect(events.split("\n").every((line) => unwrapLine(line) === null)).toBe(true);
    expect(unwrapLine("2026-11-23T06:57:00.1Z     at main.go:1")?.text).toBe("    at main.go:1");
  });

  it("lends its zone to a time without one", () => {
    const line = "2026-11-23T06:57:00.784Z stdout F 2026/11/23 14:57:00.783910 chat.go:118: [Error] cancel";
    expect(read(line).time).toBe(AT);
  });
});

describe("any text at all", () => {
  it.each(["ts", "time", "date", "trace_id", "span_id", "service", "pod", "host", "logger", "level", "caller"])(
    "is an error where the field is called %s",
    (name) => expect(read(JSON.stringify({ nested: { [name]: [ERROR] } })).texts).toEqual([ERROR]),
  );

  it("is read without throwing, and its error is found wherever it stands in JSON", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        read(text);
        read(`{"log":"${text}`);
        read(`2026-11-23T06:57:01.5Z stdout F ${text}`);
        read(`level=error ${text}`);
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.string(), (value, key) => {
        const texts = read(JSON.stringify({ value, nested: { [key]: [ERROR] } })).texts;
        expect(texts.some((text) => text.includes(ERROR))).toBe(true);
      }),
    );
  });

  it("is read whole, however it repeats itself", () => {
    for (const unit of [
      "a",
      " ",
      "\\",
      '"',
      '{"log":"',
      "[",
      "level=",
      '="',
      "1",
      "x=[ ",
      "2026-11-23 ",
      "\u001b",
      "\u001b]a;",
      "\u001b[;1",
    ]) {
      const text = unit.repeat(200_000 / unit.length);
      for (const line of [text, `{"log":"${text}`, `level=error msg=${text}`]) expect(() => read(line)).not.toThrow();
    }
  });
});

describe("a line of logfmt in one of a collector", () => {
  const inner = `level=error service=chat-api msg="${ERROR.replaceAll('"', "'")}"`;

  it("is its writer's, whatever stands around it", () => {
    const draft = read(`ts=2026-11-23T06:57:00.78391Z app=collector msg=${JSON.stringify(inner)}`);
    expect(draft).toMatchObject({ service: "chat-api", time: AT });
    expect(draft.names.map(({ name }) => name)).toEqual(["chat-api"]);
    expect(draft.texts).toContain(ERROR.replaceAll('"', "'"));
  });

  it("is the collector's where it names nobody, as is a line without another one inside", () => {
    expect(read(`ts=2026-11-23T06:57:00Z app=collector msg="level=error msg=x"`).service).toBe("collector");
    expect(read(`ts=2026-11-23T06:57:00Z app=collector msg="service=x failed"`).service).toBe("collector");
  });
});

describe("a time in several fields", () => {
  const json = (fields: object): string | null => read(JSON.stringify({ msg: "x", ...fields })).time;
  const WRITTEN = "2026-11-23T06:57:00.000000000Z";

  it("has the zone that one of them names, where it has none of its own", () => {
    expect(read('date=2026-11-23 time=07:57:00 tz="+0100" level=error msg="x"').time).toBe(WRITTEN);
    expect(json({ time: "2026-11-23 15:57:00", timezone: "Asia/Tokyo" })).toBe(WRITTEN);
    expect(json({ time: "2026-11-23T06:57:00Z", timezone: "Asia/Tokyo" })).toBe(WRITTEN);
  });

  it("has none that is of something else, or no zone", () => {
    expect(json({ time: "2026-11-23 06:57:00", user: { timezone: "Asia/Tokyo" } })).toBe(WRITTEN);
    expect(json({ time: "2026-11-23 06:57:00", timezone: "Tokyo" })).toBe(WRITTEN);
    expect(json({ time: "2026-11-23 06:57:00", tz: "3" })).toBe(WRITTEN);
  });

  it("may be a day and a time of day", () => {
    expect(json({ day: "2026-11-23", time: "06:57:00" })).toBe(WRITTEN);
    expect(json({ date: "2026-11-23", time: "06:57:00" })).toBe(WRITTEN);
  });

  it("may be an object of PHP's", () => {
    const datetime = { date: "2026-11-23 07:57:00.783910", timezone_type: 3, timezone: "Europe/Berlin" };
    expect(json({ datetime })).toBe(AT);
    expect(json({ datetime: { ...datetime, timezone_type: 1, timezone: "+01:00" } })).toBe(AT);
  });
});

describe("a level behind a time in the same brackets", () => {
  it("is one, and no part of the message", () => {
    const draft = read("[06:57:00 ERR] failed");
    expect([draft.texts, draft.fields.get("level")]).toEqual([["failed"], "ERR"]);
  });
});
