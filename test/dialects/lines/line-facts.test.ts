import { describe, expect, it } from "vitest";
import { answeredIn } from "../../../src/dialects/lines/line-facts.ts";

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
