import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatInstant } from "../../../src/model/index.ts";
import { FORMATS, SHORT_FORMATS } from "../../../src/sources/formats/time-formats.ts";
import { type Clock, findTime, parseTime, readLeadingTime } from "../../../src/sources/formats/times.ts";
import { localZone, parseZone, type Zone } from "../../../src/sources/formats/zone.ts";

function clockIn(zone: string): Clock {
  return { zone: parseZone(zone) as Zone, nearMs: Date.UTC(2026, 10, 24) };
}

/** A new one each time: a clock learns from what it reads. */
const utc = (): Clock => clockIn("UTC");

function read(text: string, clock: Clock = utc()): string | null {
  const time = parseTime(text, clock);
  return time === null ? null : formatInstant(time.at);
}

const rows: (readonly [text: string, instant: string])[] = [
  ["2026-11-23T06:56:37.068162794Z", "2026-11-23T06:56:37.068162794Z"],
  ["2026-11-23T06:56:37Z", "2026-11-23T06:56:37.000000000Z"],
  ["2026-11-23T08:56:37.5+02:00", "2026-11-23T06:56:37.500000000Z"],
  ["2026-11-23T01:26:37.068-0530", "2026-11-23T06:56:37.068000000Z"],
  ["2026-11-23 06:56:37.068162 +0000 UTC", "2026-11-23T06:56:37.068162000Z"],
  ["2026/11/23 06:57:00.783910", "2026-11-23T06:57:00.783910000Z"],
  ["2026-11-23 06:57:00,783", "2026-11-23T06:57:00.783000000Z"],
  ["20261123T065700.783Z", "2026-11-23T06:57:00.783000000Z"],
  ["1795417020", "2026-11-23T06:57:00.000000000Z"],
  ["1795417020.783910", "2026-11-23T06:57:00.783910000Z"],
  ["1.795417020783910e+09", "2026-11-23T06:57:00.783910000Z"],
  ["1795417020783", "2026-11-23T06:57:00.783000000Z"],
  ["1795417020783910", "2026-11-23T06:57:00.783910000Z"],
  ["1795417020783910123", "2026-11-23T06:57:00.783910123Z"],
  ["E1123 06:57:00.783910", "2026-11-23T06:57:00.783910000Z"],
  ["Nov 23 06:57:00", "2026-11-23T06:57:00.000000000Z"],
  ["Nov  3 06:57:00", "2026-11-03T06:57:00.000000000Z"],
  ["23/Nov/2026:06:57:00 +0100", "2026-11-23T05:57:00.000000000Z"],
  ["Mon, 23 Nov 2026 06:57:00 GMT", "2026-11-23T06:57:00.000000000Z"],
  ["Mon Nov 23 06:57:00 UTC 2026", "2026-11-23T06:57:00.000000000Z"],
  ["[2026-11-23 06:57:00.783]", "2026-11-23T06:57:00.783000000Z"],
];

describe("the time of a field", () => {
  rows.push(
    ["2026-11-23T14:57:02+08", "2026-11-23T06:57:02.000000000Z"],
    ["2026-11-23 07:57:02.5 CET", "2026-11-23T06:57:02.500000000Z"],
    ["2026-11-22 23:57:02 PDT", "2026-11-23T06:57:02.000000000Z"],
    ["2026-11-23T04:57:02\u221202:00", "2026-11-23T06:57:02.000000000Z"],
    ["2026-11-23 06:57:00 PM", "2026-11-23T18:57:00.000000000Z"],
    ["11/23/2026 12:57:00 AM", "2026-11-23T00:57:00.000000000Z"],
    ["11/23/2026, 6:57:00 PM", "2026-11-23T18:57:00.000000000Z"],
    ["11/23/2026] [6:57:00 PM", "2026-11-23T18:57:00.000000000Z"],
    ["23/11/2026 06:57:00", "2026-11-23T06:57:00.000000000Z"],
    ["23-11-2026 06:57:00", "2026-11-23T06:57:00.000000000Z"],
    ["26/11/23 06:57:00", "2026-11-23T06:57:00.000000000Z"],
    ["2026-11-23t06:57:00.5z", "2026-11-23T06:57:00.500000000Z"],
    ["2026-11-23\t06:57:00", "2026-11-23T06:57:00.000000000Z"],
    ["2026-11-23|06:57:00,783", "2026-11-23T06:57:00.783000000Z"],
    ["2026-11-23:06:57:00", "2026-11-23T06:57:00.000000000Z"],
    ["2026-11-23 at 06:57:00", "2026-11-23T06:57:00.000000000Z"],
    ["2026-11-23 Mon 06:57:00", "2026-11-23T06:57:00.000000000Z"],
    ["2026-11-23] [06:57:00", "2026-11-23T06:57:00.000000000Z"],
    ["2026/11/3 6:57:00", "2026-11-03T06:57:00.000000000Z"],
    ["2026.11.23 06:57:00.783910", "2026-11-23T06:57:00.783910000Z"],
    ["2026-11-23 06:57", "2026-11-23T06:57:00.000000000Z"],
    ["2026-11-23T06:57Z", "2026-11-23T06:57:00.000000000Z"],
    ["2026/11/23 下午6:57:00", "2026-11-23T18:57:00.000000000Z"],
    ["2026. 11. 23. 오전 6:57:00", "2026-11-23T06:57:00.000000000Z"],
    ["2026-11-23-07.57.00.783910+060", "2026-11-23T06:57:00.783910000Z"],
    ["2026.11.23-06.57.00:783", "2026-11-23T06:57:00.783000000Z"],
    ["2026-Nov-23 06:57:00.783", "2026-11-23T06:57:00.783000000Z"],
    ["23-NOV-2026 06:57:00", "2026-11-23T06:57:00.000000000Z"],
    ["23-Nov-2026::06:57:00", "2026-11-23T06:57:00.000000000Z"],
    ["23 ноября 2026 06:57:00", "2026-11-23T06:57:00.000000000Z"],
    ["23 Nov 06:57:00.783", "2026-11-23T06:57:00.783000000Z"],
    ["Nov 23rd, 2026 06:57:00", "2026-11-23T06:57:00.000000000Z"],
    ["November 23rd 2026, 06:57:00.783", "2026-11-23T06:57:00.783000000Z"],
    ["23.11.2026 um 06:57:00", "2026-11-23T06:57:00.000000000Z"],
    ["261123  6:57:00", "2026-11-23T06:57:00.000000000Z"],
    ["E261123 06:57:00.783910", "2026-11-23T06:57:00.783910000Z"],
    ["/Date(1795417020783)/", "2026-11-23T06:57:00.783000000Z"],
    ["/Date(1795417020783+0100)/", "2026-11-23T06:57:00.783000000Z"],
    // By the week and by the day of the year
    ["2026-W48-1T06:57:00Z", "2026-11-23T06:57:00.000000000Z"],
    ["2026W481T065700Z", "2026-11-23T06:57:00.000000000Z"],
    ["2026-W53-7T06:57:00Z", "2027-01-03T06:57:00.000000000Z"],
    ["2025-W01-1T06:57:00Z", "2024-12-30T06:57:00.000000000Z"],
    ["2026-327T06:57:00Z", "2026-11-23T06:57:00.000000000Z"],
    ["2026327T065700Z", "2026-11-23T06:57:00.000000000Z"],
    ["2024-366T06:57:00Z", "2024-12-31T06:57:00.000000000Z"],
    ["23.11.2026 06:57:00,783", "2026-11-23T06:57:00.783000000Z"],
    ["20261123 06:57:00.783", "2026-11-23T06:57:00.783000000Z"],
    ["E20261123 06:57:00.783910", "2026-11-23T06:57:00.783910000Z"],
    ["Monday, 23-Nov-26 06:57:00 GMT", "2026-11-23T06:57:00.000000000Z"],
    ["Nov 23, 2026 6:57:00 AM", "2026-11-23T06:57:00.000000000Z"],
    ["Nov 23, 2026 @ 06:57:00.783", "2026-11-23T06:57:00.783000000Z"],
    ["23 d\u00e9c. 2025 06:57:00", "2025-12-23T06:57:00.000000000Z"],
    ["23. Dezember 2025 06:57:00", "2025-12-23T06:57:00.000000000Z"],
    ["2026\u5e7411\u670823\u65e5 06:57:00.783", "2026-11-23T06:57:00.783000000Z"],
    ["2026\u5e7411\u670823\u65e5 \u4e0b\u53486\u65f657\u520600\u79d2", "2026-11-23T18:57:00.000000000Z"],
    ["@400000006b03e3c62ebb2270", "2026-11-23T06:57:00.784015984Z"],
    ["Mon Nov 23 07:57:00 CET 2026", "2026-11-23T06:57:00.000000000Z"],
  );
  for (const [text, instant] of rows) it(`reads ${text}`, () => expect(read(text)).toBe(instant));

  it("is null where the text is none", () => {
    for (const text of ["", "yesterday", "2026-13-23T06:56:37Z", "2026-11-23T06:61:37Z", "12345", "NaN", "-1"]) {
      expect(read(text)).toBeNull();
    }
  });

  it("is null for a day that does not exist, a time that was never set, and a zone that means several", () => {
    for (const text of [
      "2026-02-30T06:57:00Z",
      "2026-11-31T06:57:00Z",
      "0001-01-01T00:00:00Z",
      "2026-11-23 06:57:00 CST",
      "2026-11-23 06:57:00 IST",
    ])
      expect(read(text)).toBeNull();
  });

  it("takes a zone that means several for the reader's own where that is one of them", () => {
    expect(read("2026-11-23 14:57:00 CST", clockIn("Asia/Shanghai"))).toBe("2026-11-23T06:57:00.000000000Z");
    expect(read("2026-11-23 00:57:00 CST", clockIn("America/Chicago"))).toBe("2026-11-23T06:57:00.000000000Z");
  });

  it("is none where there is no such day, week, minute or year", () => {
    for (const text of [
      "2026-366T06:57:00Z",
      "2026-000T06:57:00Z",
      "2025-W53-1T06:57:00Z",
      "2026-W00-1T06:57:00Z",
      "2026-11-31 06:57",
      "2026-11-23 06:57:1",
      "2026-11-23T06:57.5Z",
      "1.2.2026.11 06:57",
      // Six digits may be a process or a sum, and 2019 is not this log's year
      "191123 06:57:00",
      "120499 06:57:00",
      "261323 06:57:00",
    ])
      expect(read(text)).toBeNull();
  });

  it("learns from one line which of two numbers is the day", () => {
    const clock = utc();
    expect(read("03/04/2026 06:57:00", clock)).toBe("2026-03-04T06:57:00.000000000Z");
    expect(read("13/04/2026 06:57:00", clock)).toBe("2026-04-13T06:57:00.000000000Z");
    expect(read("03/04/2026 06:57:00", clock)).toBe("2026-04-03T06:57:00.000000000Z");
  });

  it("takes a time without a year for the latest one that is not in the future", () => {
    expect(read("Dec 31 23:59:59")).toBe("2025-12-31T23:59:59.000000000Z");
  });

  it("takes a time without a year for last year's when it would lie more than a day ahead", () => {
    const near: Clock = { zone: utc().zone, nearMs: Date.UTC(2026, 10, 27, 12) };
    expect(read("Nov 28 11:59:59", near)).toBe("2026-11-28T11:59:59.000000000Z");
    expect(read("Nov 28 12:00:01", near)).toBe("2025-11-28T12:00:01.000000000Z");
    expect(read("Nov 30 06:57:00", near)).toBe("2025-11-30T06:57:00.000000000Z");
    expect(read("E1130 06:57:00.5", near)).toBe("2025-11-30T06:57:00.500000000Z");
  });

  it("reads a leap second", () => {
    expect(read("2016-12-31T23:59:60Z")).toBe("2017-01-01T00:00:00.000000000Z");
    expect(read("2016-12-31T23:59:61Z")).toBeNull();
  });

  it("gives back every instant that was written as RFC 3339 in UTC", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n }), (at) => {
        expect(parseTime(formatInstant(at), utc())?.at).toBe(at);
      }),
    );
  });

  it("is the same in its usual forms as in one that only the patterns read", () => {
    const two = (max: number) => fc.integer({ min: 0, max }).map((value) => String(value).padStart(2, "0"));
    const day = fc.tuple(fc.constantFrom("1969", "1970", "2024", "2026", "2261", "2262", "9999"), two(13), two(32));
    const clock = fc.tuple(two(25), two(61), two(61)).map((parts) => parts.join(":"));
    const fraction = fc.constantFrom("", ".5", ".783", ",783", ".783910", ".783910123", ".7839101234", ".", ":12");
    const zone = fc.constantFrom(
      ..."|Z|Zx|+02:00|-0530|+08|+0800 CST| UTC| +0100| CET| am| PM| p.m.|+02:000".split("|"),
    );
    const behind = fc.constantFrom(
      "",
      " chat.go:12: x",
      " [Error] x",
      "] x",
      " apple",
      " (x",
      " \u2212",
      '"',
      "x",
      " PM",
    );
    fc.assert(
      fc.property(
        day,
        fc.constantFrom("-", "/"),
        clock,
        fc.tuple(fraction, zone, behind),
        fc.constantFrom("UTC", "Asia/Shanghai"),
        ([year, month, date], sign, time, rest, here) => {
          const begin = `${year}${sign}${month}${sign}${date}`;
          const quick = readLeadingTime(`${begin} ${time}${rest.join("")}`, clockIn(here));
          const byPattern = readLeadingTime(`${begin}T ${time}${rest.join("")}`, clockIn(here));
          expect(quick === null ? null : { ...quick, end: quick.end + 1 }).toEqual(byPattern);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseTime(text, utc());
        readLeadingTime(text, utc());
      }),
    );
  });
});

describe("how a text begins", () => {
  it("rules out no pattern of a time that stands there", () => {
    const begins = ["0000-", "0000.", "00000000T", "0000\u5e74", "00/", "00.", "00-", "00:", "N", "I", "D"];
    const every = [FORMATS, SHORT_FORMATS].map((formats) => new Set(begins.flatMap((begin) => formats.at(begin, 0))));
    const number = fc.oneof(
      fc.nat({ max: 9 }),
      fc.nat({ max: 60 }).map((value) => String(value).padStart(2, "0")),
    );
    const year = fc.constantFrom("2026", "26");
    const sign = fc.constantFrom("/", "-", ".", " ", ". ", "\u5e74", "T", "_", "", ":", ", ");
    const name = fc.constantFrom("Nov", "November", "Mon Nov", "Mon, ", "Montag, ", "I", "D ", "");
    const part = fc.oneof(number, year, sign, name);
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.constantFrom(...rows), (parts, [row]) => {
        for (const text of [parts.join(""), `${parts.join("")} 06:57:00`, row, ` ${row}`, row.slice(parts.length)])
          for (const [index, formats] of [FORMATS, SHORT_FORMATS].entries())
            for (const pattern of every[index] as Set<RegExp>) {
              pattern.lastIndex = 0;
              if (pattern.test(text)) expect(formats.at(text, 0)).toContain(pattern);
            }
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("a time without a zone", () => {
  it("is read in the given zone", () => {
    expect(read("2026/11/23 06:57:00", clockIn("+02:00"))).toBe("2026-11-23T04:57:00.000000000Z");
    expect(read("2026/11/23 06:57:00", clockIn("Asia/Shanghai"))).toBe("2026-11-22T22:57:00.000000000Z");
    expect(read("2026/07/01 06:57:00", clockIn("Europe/Berlin"))).toBe("2026-07-01T04:57:00.000000000Z");
    expect(read("2026/01/01 06:57:00", clockIn("Europe/Berlin"))).toBe("2026-01-01T05:57:00.000000000Z");
  });

  it("is right on both sides of a change of the clocks", () => {
    const berlin = clockIn("Europe/Berlin");
    expect(read("2026/03/29 01:59:00", berlin)).toBe("2026-03-29T00:59:00.000000000Z");
    expect(read("2026/03/29 03:01:00", berlin)).toBe("2026-03-29T01:01:00.000000000Z");
  });

  it("is the first of two in an hour that the clocks show twice, as JavaScript's own Date has it", () => {
    expect(read("2026/10/25 02:30:00", clockIn("Europe/Berlin"))).toBe("2026-10-25T00:30:00.000000000Z");
  });

  it("is read in the zone of this machine where none is given", () => {
    const local: Clock = { zone: localZone(), nearMs: 0 };
    expect(parseTime("2026/11/23 06:57:00.5", local)?.at).toBe(
      BigInt(new Date(2026, 10, 23, 6, 57, 0, 500).getTime()) * 1_000_000n,
    );
  });

  it("keeps its own zone where it has one", () => {
    expect(read("2026-11-23T06:57:00Z", clockIn("Asia/Shanghai"))).toBe("2026-11-23T06:57:00.000000000Z");
  });
});

describe("a zone", () => {
  it("is refused where nothing knows it", () => {
    for (const name of ["Middle/Earth", "+99:00", "", "2"]) expect(parseZone(name)).toBeNull();
  });

  it("may be an offset of any usual spelling", () => {
    for (const name of ["+02:00", "+0200", "+2", "UTC+2"]) expect(parseZone(name)?.(0)).toBe(7_200_000);
  });
});

describe("the time a line begins with", () => {
  it("ends where the rest of the line begins", () => {
    const line = "2026/11/23 06:57:00.783910 chat.go:118: [Error] text";
    expect(line.slice(readLeadingTime(line, utc())?.end)).toBe("chat.go:118: [Error] text");
    const bracketed = "[2026-11-23 06:57:00.783] text";
    expect(bracketed.slice(readLeadingTime(bracketed, utc())?.end)).toBe("text");
  });

  it("may be a count of seconds", () => {
    expect(readLeadingTime("1795417020.5 text", utc())?.at).toBe(1_795_417_020_500_000_000n);
    expect(readLeadingTime("1795417020x text", utc())).toBeNull();
  });
});

describe("a time that says less than an instant", () => {
  const rows: readonly (readonly [name: string, text: string, instant: string, stepMs: number])[] = [
    ["zerolog's console", "6:51AM INF listening", "2026-11-24T06:51:00.000000000Z", 60_000],
    ["zerolog's console after noon", "11:51PM INF listening", "2026-11-23T23:51:00.000000000Z", 60_000],
    ["noon", "12:05PM INF listening", "2026-11-24T12:05:00.000000000Z", 60_000],
    ["logback's default", "06:58:22.352 [main] INFO x", "2026-11-24T06:58:22.352000000Z", 1],
    ["a console in brackets", "[07:15:40] title: POST", "2026-11-24T07:15:40.000000000Z", 1_000],
    ["vLLM", "09-10 16:59:53 [loggers.py:257] x", "2026-09-10T16:59:53.000000000Z", 1_000],
    ["nginx", "2026/11/23 06:57:00 [error] x", "2026-11-23T06:57:00.000000000Z", 1_000],
    ["with a fraction", "2026/11/23 06:57:00.001 [error] x", "2026-11-23T06:57:00.001000000Z", 1],
  ];
  for (const [name, text, instant, stepMs] of rows) {
    it(`is read with how coarse it is: ${name}`, () => {
      const time = readLeadingTime(text, { ...utc(), nearMs: Date.UTC(2026, 10, 24, 1) });
      expect(time === null ? null : [formatInstant(time.at), time.stepMs]).toEqual([instant, stepMs]);
    });
  }

  it("takes the day that brings it nearest to what is known", () => {
    const late = { ...utc(), nearMs: Date.UTC(2026, 10, 24, 23, 59) };
    expect(readLeadingTime("00:00:05.000 [main] x", late)?.at).toBe(
      BigInt(Date.UTC(2026, 10, 25, 0, 0, 5)) * 1_000_000n,
    );
  });

  it("is of the last day that is possible where it is known how far ahead it may be", () => {
    const written = { ...utc(), nearMs: Date.UTC(2026, 10, 24, 23, 58), aheadMs: 60_000 };
    const days = ["00:00:05.000 x", "12:00:00.000 x", "23:58:30.000 x", "23:59:30.000 x"].map((line) =>
      formatInstant(readLeadingTime(line, written)?.at ?? 0n).slice(8, 10),
    );
    expect(days).toEqual(["24", "24", "24", "23"]);
  });

  it("may have the level in its brackets", () => {
    const line = "[06:57:00 ERR] text";
    const time = readLeadingTime(line, utc());
    expect(formatInstant(time?.at ?? 0n).slice(11, 19)).toBe("06:57:00");
    expect(line.slice(time?.end)).toBe("ERR] text");
    expect(readLeadingTime("[06:57:00 in the morning] text", utc())).toBeNull();
  });

  it("says whether day and year stood there", () => {
    expect(readLeadingTime("2026-11-23 06:57:00 x", utc())?.dated).toBe(true);
    expect(readLeadingTime("Nov 23 06:57:00 x", utc())?.dated).toBe(false);
    expect(readLeadingTime("06:57:00.000 x", utc())?.dated).toBe(false);
  });
});

describe("a time inside the head of a line", () => {
  const rows: readonly (readonly [name: string, text: string, instant: string | null])[] = [
    ["common log", '10.0.9.8 - - [23/Nov/2026:06:57:00 +0000] "GET / HTTP/1.1" 200', "2026-11-23T06:57:00.000000000Z"],
    ["GIN", "[GIN] 2026/11/23 - 06:57:00 | 200 | 2.6ms |", "2026-11-23T06:57:00.000000000Z"],
    ["uWSGI", "[pid: 11|app: 0] 10.5.0.3 () [Mon Nov 23 06:57:00 2026] GET /", "2026-11-23T06:57:00.000000000Z"],
    ["grpc-js trace", "D 2026-11-23T06:57:00.734Z | transport | x", "2026-11-23T06:57:00.734000000Z"],
    ["vLLM", "(APIServer pid=1) INFO 11-23 06:57:00 [loggers.py:257] x", "2026-11-23T06:57:00.000000000Z"],
    ["Redis", "8319:M 23 Nov 2026 06:57:00.734 * Ready", "2026-11-23T06:57:00.734000000Z"],
    ["Python, behind the level", "WARNING:2026-11-23 06:57:00,734:app:x", "2026-11-23T06:57:00.734000000Z"],
    ["WebLogic", "####<Nov 23, 2026 6:57:00 AM UTC> <Error> x", "2026-11-23T06:57:00.000000000Z"],
    ["a column behind a level", "ERROR;2026-11-23 06:57:00;x", "2026-11-23T06:57:00.000000000Z"],
    ["Cisco", "<189>12: *Nov 23 06:57:00.123: %X-3-Y: x", "2026-11-23T06:57:00.123000000Z"],
    ["Redis 2", "[8319] 23 Nov 06:57:00.734 * x", "2026-11-23T06:57:00.734000000Z"],
    ["in braces", "{2026-11-23 06:57:00} x", "2026-11-23T06:57:00.000000000Z"],
    ["since when a job runs", "job from 2020-01-01T00:00:00Z failed", null],
    ["a deadline", "ERROR deadline: 2026-11-23T06:57:00Z exceeded", null],
    [
      "a deadline before the time",
      "deadline 2027-01-01T00:00:00Z (2026-11-23T06:57:00Z)",
      "2026-11-23T06:57:00.000000000Z",
    ],
    ["a port before a year", "listening:2026-11-23 06:57:00", null],
    ["no time", '127.0.0.1:1 - "POST /v1/2026-11 HTTP/1.1" 200 OK', null],
    ["a time of day in a sentence", "closed since 06:57:00.000 by x", null],
    ["a time far behind the head", `${"x ".repeat(80)} 2026-11-23T06:57:00Z`, null],
  ];
  for (const [name, text, instant] of rows) {
    it(`is found: ${name}`, () => {
      const time = findTime(text, utc());
      expect(time === null ? null : formatInstant(time.at)).toBe(instant);
    });
  }
});
