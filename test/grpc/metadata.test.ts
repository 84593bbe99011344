import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beginsAtCaller, readIncoming, writeOutgoing } from "../../src/grpc/metadata.ts";

/** What gRPC would refuse is refused here as well. */
class Wire extends Map<string, string> {
  override set(key: string, value: string): this {
    if (!/^[0-9a-z_.-]+$/.test(key)) throw new Error(`illegal key ${key}`);
    if (!/^[ -~]*$/.test(value)) throw new Error(`illegal value of ${key}`);
    return super.set(key, value);
  }
}

const name = fc
  .string({ unit: "binary", minLength: 1, maxLength: 40 })
  .filter((text) => !/[,\ud800-\udfff]|->|\] |\p{C}/u.test(text));

describe("the metadata of a gRPC call", () => {
  it("carries the names of all callers, whatever letters they have, and whose deadline it is", () => {
    fc.assert(
      fc.property(name, fc.array(name), fc.bigInt({ min: 0n, max: 10n ** 18n }), (self, callers, nanos) => {
        const wire = new Wire();
        writeOutgoing(wire, { self, callers, deadlineOwner: { nanos, path: [self] }, strings: new Map() });
        const read = readIncoming(wire);
        expect(read).toMatchObject({
          caller: self,
          callers: [...callers, self],
          deadlineOwner: { nanos, path: [self] },
        });
        expect(beginsAtCaller(read)).toBe(callers.length === 0);
      }),
    );
  });

  it("speaks of metainfo, the caller and the trace as Kitex does", () => {
    const wire = new Wire();
    const strings = new Map([
      ["RPC_PERSIST_SSCHAIN", "a1"],
      ["RPC_PERSIST_tenant_id", "7"],
      ["RPC_TRANSIT_traceparent", "00-x"],
      ["RPC_TRANSIT_service.name", "gateway"],
      ["x-key", "v"],
      ["RPC_PERSIST_city", "Zürich"],
    ]);
    writeOutgoing(wire, { self: "gateway", callers: [], deadlineOwner: null, strings });
    expect(Object.fromEntries(wire)).toEqual({
      "source-service": "gateway",
      "streamscope-callers": "gateway",
      "rpc-persist-sschain": "a1",
      "rpc-persist-tenant-id": "7",
      "rpc-transit-traceparent": "00-x",
      traceparent: "00-x",
      "rpc-transit-service.name": "gateway",
      "x-key": "v",
    });
    expect(Object.fromEntries(readIncoming(wire).strings)).toEqual({
      RPC_PERSIST_SSCHAIN: "a1",
      RPC_PERSIST_TENANT_ID: "7",
      RPC_TRANSIT_traceparent: "00-x",
      "RPC_TRANSIT_service.name": "gateway",
      "x-key": "v",
    });
  });

  it("knows of nobody above a caller that does not tell, and of nobody at all without a name", () => {
    expect(readIncoming([["source-service", "ServiceK"]])).toMatchObject({
      caller: "ServiceK",
      callers: ["", "ServiceK"],
    });
    expect(readIncoming([])).toMatchObject({ caller: null, callers: ["", ""] });
    expect(beginsAtCaller(readIncoming([["source-service", "ServiceK"]]))).toBe(false);
  });

  it("gives names that can stand in a path and on a terminal, whatever a peer calls itself", () => {
    const hostile = "a] -> b,\u001b[31m\nERROR";
    const { caller, callers, deadlineOwner } = readIncoming([
      ["source-service", hostile],
      ["streamscope-callers", `${encodeURIComponent(hostile)},chat`],
      ["streamscope-deadline", encodeURI(`7 a -> b\u001b[2J`)],
    ]);
    expect(callers).toEqual(["a   b  [31m ERROR", "chat"]);
    expect(caller).toBe("chat");
    expect(deadlineOwner?.path).toEqual(["a   b [2J"]);
    expect(readIncoming([["source-service", hostile]]).caller).toBe(callers[0]);
    expect(readIncoming([["source-service", "Zürich [eu]"]]).caller).toBe("Zürich [eu]");
  });

  it("reads whatever a peer writes", () => {
    const keys = fc.constantFrom(
      "source-service",
      "streamscope-callers",
      "streamscope-deadline",
      "traceparent",
      "rpc-persist-",
      "x",
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, fc.oneof(fc.string(), fc.uint8Array()))), (entries) => {
        const { callers } = readIncoming(entries);
        expect(callers.length).toBeGreaterThan(0);
      }),
    );
  });
});
