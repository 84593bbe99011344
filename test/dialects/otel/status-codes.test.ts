import { describe, expect, it } from "vitest";
import { codeOfFields, parseStatusCode, readStatusText } from "../../../src/dialects/otel/status-codes.ts";

describe("a status code", () => {
  it.each([
    ["1", "CANCELLED"],
    ["CANCELLED", "CANCELLED"],
    ["canceled", "CANCELLED"],
    ["Canceled", "CANCELLED"],
    ["deadline_exceeded", "DEADLINE_EXCEEDED"],
    ["DeadlineExceeded", "DEADLINE_EXCEEDED"],
    ["14", "UNAVAILABLE"],
    ["0", "OK"],
    ["12008", null],
    ["stopped", null],
  ])("is read from %s", (text, code) => {
    expect(parseStatusCode(text)).toBe(code);
  });

  it.each([
    ["1 CANCELLED: Cancelled on client", "CANCELLED", "Cancelled on client"],
    ["[deadline_exceeded] the operation timed out", "DEADLINE_EXCEEDED", "the operation timed out"],
    ["rpc error: code = Canceled desc = context canceled", "CANCELLED", "context canceled"],
    [
      "io.grpc.StatusRuntimeException: DEADLINE_EXCEEDED: deadline exceeded after 0.69s",
      "DEADLINE_EXCEEDED",
      "deadline exceeded after 0.69s",
    ],
    [
      'Status(StatusCode="Cancelled", Detail="Call canceled by the client.")',
      "CANCELLED",
      'Call canceled by the client.")',
    ],
    [
      "status = StatusCode.UNAVAILABLE, details = Socket closed",
      "UNAVAILABLE",
      "status = StatusCode.UNAVAILABLE, details = Socket closed",
    ],
    ["StatusCode.DEADLINE_EXCEEDED:store: too late", "DEADLINE_EXCEEDED", "store: too late"],
    [
      'AioRpcError: <AioRpcError of RPC that terminated with:\n\tstatus = StatusCode.CANCELLED\n\tdetails = "stopped by hand"\n>',
      "CANCELLED",
      "stopped by hand",
    ],
    ["ERROR: nothing of the kind", null, "ERROR: nothing of the kind"],
    ["[model] is busy", null, "[model] is busy"],
  ])("stands in front of its text: %s", (text, code, message) => {
    expect(readStatusText(text)).toEqual({ code, message });
  });

  it("is taken from the newest of the attributes that name it", () => {
    const fields = new Map([
      ["rpc.grpc.status_code", "2"],
      ["rpc.response.status_code", "CANCELLED"],
    ]);
    expect(codeOfFields(fields)).toBe("CANCELLED");
    fields.delete("rpc.response.status_code");
    expect(codeOfFields(fields)).toBe("UNKNOWN");
  });
});
