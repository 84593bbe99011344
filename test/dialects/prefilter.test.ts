import { describe, expect, it } from "vitest";
import { CATALOGUE } from "../../src/dialects/catalogue/index.ts";
import { prefilter } from "../../src/dialects/index.ts";
import { readLog } from "../support/told.ts";

const patterns = [...prefilter.needles, ...prefilter.smells, ...prefilter.wordings].map((each) => each.toLowerCase());
const isFound = (line: string): boolean => patterns.some((pattern) => line.toLowerCase().includes(pattern));
const ends = (line: string): boolean =>
  readLog("chat", [line]).some(({ type }) => type === "claim" || type === "answer");

describe("the prefilter finds every line that ends a stream", () => {
  it("in the words of the catalogue, in a plain line and in one of JSON", () => {
    const samples = CATALOGUE.flatMap((entry) => entry.samples);
    const logs = samples.flatMap((text) => [
      `2026-11-27T06:58:04Z ERROR ${text}`,
      JSON.stringify({ time: "2026-11-27T06:58:04Z", level: "error", msg: "stream failed", error: text }),
    ]);
    expect(logs.filter((line) => ends(line) && !isFound(line))).toEqual([]);
  });

  it("told by a name and a value that stand apart in JSON", () => {
    const told = CATALOGUE.flatMap(({ stems }) => stems).flatMap((stem) => {
      const [, name, value] = /^(\w+)[=:] ?(.+)$/.exec(stem) ?? [];
      return name === undefined || value === undefined ? [] : [{ msg: "call failed", [name]: value }];
    });
    const logs = told.map((fields) => JSON.stringify({ time: "2026-11-27T06:58:04Z", ...fields }));
    expect(logs.filter((line) => ends(line) && !isFound(line))).toEqual([]);
  });

  const request = '"GET /chat HTTP/1.1"';
  const access: readonly string[] = [
    ...[499, 460, 504, 524].flatMap((status) => [
      `10.0.0.9 - - [27/Nov/2026:06:58:04 +0000] ${request} ${status} 0 "-" "curl/7.88"`,
      `[GIN] 2026/11/27 - 06:58:04 | ${status} | 1.2s | 10.0.0.9 | GET "/chat"`,
      `INFO: 10.0.0.9:1 - ${request} ${status}`,
      JSON.stringify({ time: "2026-11-27T06:58:04Z", method: "GET", path: "/chat", status }),
      JSON.stringify({ time: "2026-11-27T06:58:04Z", method: "GET", path: "/chat", status: String(status) }),
      JSON.stringify({ time: "2026-11-27T06:58:04Z", method: "GET", path: "/chat", status }).replace(
        /:(?=\d+\})/,
        ": ",
      ),
      `time=2026-11-27T06:58:04Z method=GET path=/chat status=${status}`,
    ]),
    ...["CD", "cD", "sD", "SD", "sH", "cR", "KT", "UD", "DD"].flatMap((state) =>
      ["--", "VN", "NI"].map(
        (cookie) =>
          `<134>Nov 27 06:56:13 h haproxy[72]: 10.0.0.9:49730 [27/Nov/2026:06:56:12.543] in pool/model1 0/0/0/25/512 200 530 - - ${state}${cookie} 1/1/0/0/0 0/0 ${request}`,
      ),
    ),
    ...["DC", "UT", "SI", "DT", "UMSDR", "UC", "UF,URX", "UR,DC"].flatMap((flags) => [
      `[2026-11-23T06:57:02.129Z] ${request} 200 ${flags} 52 1830 812 - "10.0.3.17" "x" "9f1c" "chat" "10.0.4.21:8080"`,
      JSON.stringify({
        start_time: "2026-11-27T06:58:04Z",
        method: "GET",
        path: "/c",
        response_code: 200,
        response_flags: flags,
      }),
    ]),
    JSON.stringify({
      start_time: "2026-11-27T06:58:04Z",
      method: "GET",
      path: "/c",
      response_code: 0,
      response_flags: "-",
    }),
  ];

  it("in the lines of access logs", () => {
    expect(access.filter(ends).length).toBeGreaterThan(50);
    expect(access.filter((line) => ends(line) && !isFound(line))).toEqual([]);
  });
});
