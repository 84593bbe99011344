import { describe, expect, it } from "vitest";
import { answeredIn, neighboursOf } from "../../../src/dialects/lines/line-facts.ts";

describe("whom a program says that it asks", () => {
  it.each([
    ["chat 9e3fd1f6: opening stream to vllm", "vllm"],
    ["[704fdf35] calling model", "model"],
    ["relaying to agent req=de81e7", "agent"],
    ["forwarding the request to ranker-v2", "ranker-v2"],
    ["moderation: blocked content, cancelling call to model", "model"],
    ["browser disconnected after 35 chunks, aborting agent", "agent"],
  ])("stands right behind: %s", (words, name) => expect(neighboursOf(words, false).calls).toEqual([name]));

  it.each([
    "sending the response stream to client",
    "request to 10 workers",
    "calling foo.bar()",
    "forwarding to /v1/chat",
    "stream to=",
    "aborting client connection",
  ])("is not named in: %s", (words) => expect(neighboursOf(words, false).calls).toEqual([]));
});

describe("what a callee answered", () => {
  const said = ["model: reading stream: unexpected EOF", "reading stream: unexpected EOF"];
  for (const text of [
    "14 UNAVAILABLE: model: reading stream: unexpected EOF",
    "rpc error: code = Unavailable desc = model: reading stream: unexpected EOF",
    'status = StatusCode.UNAVAILABLE details = "model: reading stream: unexpected EOF" debug_error_string = "x"',
    "err.message=[unavailable] model: reading stream: unexpected EOF err.code=14",
    "io.grpc.StatusRuntimeException: UNAVAILABLE: model: reading stream: unexpected EOF",
  ])
    it(`is told whole and without what it put in front: ${text}`, () => expect(answeredIn(text)).toEqual(said));

  for (const text of [
    "rpc error: code = Canceled desc = context canceled",
    "1 CANCELLED: Cancelled on client",
    "model: reading stream: unexpected EOF",
  ])
    it(`is nobody's in particular: ${text}`, () => expect(answeredIn(text)).toBeNull());
});
