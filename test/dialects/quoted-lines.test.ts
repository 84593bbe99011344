import { describe, expect, it } from "vitest";
import { readLog } from "../support/told.ts";

const error =
  "[ttstream error, code=12007] [client-side stream] user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively";
const line = `2026/11/23 06:57:06.387276 chat.go:118: [Error] ServerStream to router: recv failed: ${error}`;
const time = "2026-11-23T06:57:07Z";

/** The kinds of evidence in a line of a program. */
function readAs(text: string): string[] {
  return readLog("vector", [text])
    .map(({ type }) => type)
    .filter((type) => type !== "call");
}

describe("a line of another program", () => {
  it("is nothing that the program did which tells of it", () => {
    for (const text of [
      JSON.stringify({ ts: time, level: "warn", msg: `Failed to parse line, dropping: "${line}"` }),
      JSON.stringify({
        ts: time,
        level: "warn",
        msg: `Could not decode: ${JSON.stringify({ level: "error", msg: error })}`,
      }),
      `${time} WARN discarding malformed entry: ${line}`,
      `${time} INFO firing alert StreamCancelled: last line was: ${line}`,
      `${time} WARN no pattern matched, offending line="recv failed: ${error}"`,
      JSON.stringify({ ts: time, level: "info", msg: "replaying", original: line }),
      JSON.stringify({ ts: time, level: "warn", msg: "dropped by the filter", raw: `recv failed: ${error}` }),
      `2026-11-23 06:57:07.123 UTC [12] LOG:  statement: INSERT INTO errors (svc, msg) VALUES ('gateway', '${error}')`,
      `-var errA = errors.New("${error}")`,
      `    chat_test.go:41: expected error "${error}", got nil`,
      `grpc_errors_total{service="gateway",msg="${error}"} 12`,
      `${time} INFO ingested log line: rpc error: code = Canceled desc = context canceled`,
    ])
      expect(readAs(text), text).toEqual([]);
  });

  it("is no line of an ordinary logger, whatever stands in quotes there", () => {
    for (const text of [
      line,
      JSON.stringify({ ts: time, level: "error", msg: `recv failed: ${error}` }),
      `time=${time} level=error file=chat.go line=118 msg="recv failed: ${error}"`,
      `${time} ERROR chat: failed to forward event to model: ${error}`,
      `${time} ERROR chat: dropping message for model: "${error}"`,
      `${time} ERROR chat: cannot store the answer of 2026-11-23 06:57:06: ${error}`,
      `${time} ERROR chat: query "SELECT * FROM sessions WHERE id='3'" failed: ${error}`,
      `${time} ERROR chat: INSERT INTO turns: can't go on: ${error}`,
      `${time} ERROR chat: stored 3 parts, {"model":"x"}: ${error}`,
      JSON.stringify({ ts: time, level: "error", msg: "stream to model ended", raw: error }),
      JSON.stringify({ ts: time, level: "error", msg: "dropping the request", err: error }),
      `${time} ERROR chat: unexpected error "${error}"`,
    ])
      expect(readAs(text), text).toContain("claim");
  });
});
