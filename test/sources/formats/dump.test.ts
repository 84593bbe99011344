import { describe, expect, it } from "vitest";
import { readDump } from "../../../src/sources/formats/dump.ts";

const TIME = "2026-11-23T06:57:02.100Z";
const LINE =
  "2026/11/23 06:57:02.1 chat.go:118: [Error] ServerStream to model: recv failed: [ttstream error, code=12014] [client-side stream] stream Recv timeout, timeout config={Timeout:200ms DisableCancelRemote:false}";
const RECORD = { time: TIME, service: "chat-api", message: LINE };
const QUOTED = JSON.stringify(LINE);

describe("a record as a language prints it", () => {
  it.each([
    ["Python", `{'time': '${TIME}', 'service': 'chat-api', 'message': '${LINE}'}`],
    [
      "Python's pprint",
      `{'message': '${LINE.slice(0, 40)}'\n            '${LINE.slice(40)}',\n 'service': 'chat-api',\n 'time': '${TIME}'}`,
    ],
    ["Ruby", `{:time=>"${TIME}", :service=>"chat-api", :message=>${QUOTED}}`],
    ["Ruby 3.4", `{time: "${TIME}", service: "chat-api", message: ${QUOTED}}`],
    [
      "Ruby's awesome_print",
      `{\n       "time" => "${TIME}",\n    "service" => "chat-api",\n    "message" => ${QUOTED}\n}`,
    ],
    ["a map of Java", `{time=${TIME}, service=chat-api, message=${LINE}}`],
    ["a record of Java, its message first", `Entry[message=${LINE}, service=chat-api, time=${TIME}]`],
    ["a class of Kotlin", `Entry(time=${TIME}, service=chat-api, message=${LINE})`],
    ["a map of Go", `map[message:${LINE} service:chat-api time:${TIME}]`],
    ["a struct of Go", `{time:${TIME} service:chat-api message:${LINE}}`],
    ["a struct of Go with its type", `&main.Entry{time:"${TIME}", service:"chat-api", message:${QUOTED}}`],
    ["JavaScript", `{ time: '${TIME}', service: 'chat-api', message: '${LINE}' }`],
    ["JavaScript on several lines", `Entry {\n  time: '${TIME}',\n  service: 'chat-api',\n  message: '${LINE}'\n}`],
    ["PHP", `Array\n(\n    [time] => ${TIME}\n    [service] => chat-api\n    [message] => ${LINE}\n)`],
    ["Elixir", `%{message: ${QUOTED}, service: "chat-api", time: ~U[${TIME}]}`],
    ["Clojure", `{:time #inst "${TIME}", :service "chat-api", :message ${QUOTED}}`],
    ["Rust", `Entry { time: "${TIME}", service: "chat-api", message: ${QUOTED} }`],
    ["protobuf", `entry {\n  time: "${TIME}"\n  service: "chat-api"\n  message: ${QUOTED}\n}`],
    ["protobuf on one line", `time:"${TIME}" service:"chat-api" message:${QUOTED}`],
    ["JSON5", `{time: '${TIME}', service: 'chat-api', message: ${QUOTED},}`],
  ])("of %s is read", (_, text) => {
    expect(readDump(text)).toEqual([RECORD]);
  });

  it("is one of several, with comments between them", () => {
    const one = JSON.stringify(RECORD);
    expect(readDump(`// exported\n[\n  /* first */ ${one},\n  ${one}, // second\n]`)).toEqual([RECORD, RECORD]);
    expect(readDump(`  ${one},\n  ${one},`)).toEqual([RECORD, RECORD]);
  });

  it("says its time in the calls of Python", () => {
    const text = (time: string) => `{'time': ${time}, 'service': 'chat', 'message': 'a'}`;
    const timeOf = (time: string) => readDump(text(time))?.[0]?.["time"];
    expect(timeOf("datetime.datetime(2026, 1, 2, 6, 57, 2, 1003, tzinfo=datetime.timezone.utc)")).toBe(
      "2026-01-02T06:57:02.001003Z",
    );
    expect(timeOf("datetime.datetime(2026, 1, 2, 6, 57)")).toBe("2026-01-02T06:57:00");
    expect(
      timeOf("datetime.datetime(2026, 1, 2, 6, 57, tzinfo=datetime.timezone(datetime.timedelta(seconds=19800)))"),
    ).toBe("2026-01-02T06:57:00+05:30");
  });

  it("keeps what no key begins in: a value ends at the next one, whatever it holds", () => {
    expect(readDump("{service=chat, requestId=17, message=a, b, c: d, time=1}")).toEqual([
      { service: "chat", requestId: "17", message: "a, b, c: d", time: "1" },
    ]);
  });

  it("says nothing of what holds no record", () => {
    for (const text of [
      LINE,
      `[Error] ${LINE}`,
      "{main} started: time=1 message=2",
      "main(service=chat)",
      "Call(service=model, message=context canceled, code=1)",
      "{ service: 'model', message: 'context canceled' }",
      "error: upstream (time=3s, message=reset)",
      'status: "ok" time: later',
      "func main() {\n  service: 1\n}",
      "{a: 1, b: 2}",
      "[ttstream error, code=12007] [client-side stream]",
      "{'message': 'only'}",
    ])
      expect(readDump(text), text).toBeNull();
  });

  it.each(["{", "[", "a{", "{a:", "{a=", "{'a':'", "{message:a b", "{message=x, y: "])(
    "takes what is opened and never closed for none: %s",
    (sign) => {
      expect(readDump(sign.repeat(100_000))).toBeNull();
    },
  );
});
