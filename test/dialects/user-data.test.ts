import { describe, expect, it } from "vitest";
import { readLog } from "../support/told.ts";

const at = '"ts":"2026-11-27T06:58:04.283Z"';

/** The kinds of evidence in a line. */
function readAs(line: string): string[] {
  return readLog("chat", [line]).map(({ type }) => type);
}

describe("the words of users", () => {
  it("are no words of the program that quotes them", () => {
    for (const line of [
      `{"level":"info",${at},"msg":"search","query":"upstream timed out while reading response header from upstream"}`,
      `{"level":"info",${at},"msg":"done","prompt":"what is rpc error: code = Canceled desc = context canceled"}`,
      `{"level":"info",${at},"msg":"done","prompt":"explain [ttstream error, code=12007] [client-side stream] user code invoking stream RPC"}`,
      `{"level":"info",${at},"event":"posted to a channel","text":"client disconnected, aborting the stream"}`,
      '2026-11-27 06:58:04,283 INFO chat: search q="context deadline exceeded (Client.Timeout exceeded)" hits=3',
      '2026-11-27T06:58:04.283Z info posted to a channel text="client disconnected, aborting the stream"',
      "2026-11-27 06:58:04,283 INFO chat: indexed /wiki/pages/Error-499-client-closed-request.md",
    ])
      expect(readAs(line)).toEqual(["call"]);
  });

  it("hide nothing that the program says beside them", () => {
    for (const line of [
      `{"level":"warn",${at},"msg":"client disconnected","prompt":"hello"}`,
      `{"level":"warn",${at},"text":"client disconnected"}`,
      // A kind of what happened, and what was written about it
      `{${at},"event":"log","text":"client disconnected"}`,
      '2026-11-27 06:58:04,283 WARN chat: client disconnected q="hello"',
    ])
      expect(readAs(line)).toEqual(["claim"]);
  });
});
