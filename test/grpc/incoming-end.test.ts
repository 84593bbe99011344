import { describe, expect, it } from "vitest";
import { exceptionOf, type IncomingEnd } from "../../src/grpc/incoming-end.ts";

const at = 1_700_000_000_000_000_000n;

function ended(end: IncomingEnd, callers: readonly string[], owner: readonly string[] | null = null) {
  const deadlineOwner = owner === null ? null : { nanos: 250_000_000n, path: owner };
  const incoming = { caller: callers.at(-1) || null, callers, deadlineOwner };
  return exceptionOf(end, { self: "ServiceC", incoming, at });
}

const cancelled: IncomingEnd = { by: "reset", number: 8 };

describe("what an incoming gRPC call was ended with", () => {
  it("is the caller's own cancel where nobody is above the caller", () => {
    const exception = ended(cancelled, ["ServiceB"]);
    expect(exception).toMatchObject({ code: 12007, origin: "ServiceB", path: ["ServiceB"], kind: "cancel" });
  });

  it.each([[["ServiceA", "ServiceB"]], [["", "ServiceB"]]])(
    "has no origin where somebody is above the caller: %j",
    (callers) => {
      const exception = ended(cancelled, callers);
      expect(exception).toMatchObject({ code: 12011, origin: null, path: ["non-ttstream path"], kind: "cancel" });
      expect(exception.text).toBe(
        "rpc error: code = 1 desc = transport: RSTStream Frame received with error code: CANCEL [triggered by ServiceB]",
      );
    },
  );

  it("leaves the place of a name empty where there is none, as Kitex does", () => {
    expect(ended(cancelled, ["", ""]).text).toMatch(/ CANCEL \[triggered by \]$/);
    expect(ended(cancelled, [""]).origin).toBeNull();
  });

  it("is a reset for every other number, and a shutdown for Kitex's", () => {
    expect(ended({ by: "reset", number: 11 }, ["ServiceB"])).toMatchObject({ kind: "reset", origin: null });
    expect(ended({ by: "reset", number: 4711 }, ["ServiceB"]).text).toContain("unknown error code 0x1267");
    expect(ended({ by: "reset", number: 1000 }, ["ServiceB"])).toMatchObject({
      kind: "shutdown",
      text: "rpc error: code = 14 desc = graceful shutdown",
    });
  });

  it("is the deadline of its owner, and nobody's where a stranger does not say whose it is", () => {
    const end = { by: "deadline", nanos: 100_000_000n } as const;
    expect(ended(end, ["ServiceA", "ServiceB"], ["ServiceA", "ServiceB"])).toMatchObject({
      code: 12015,
      origin: "ServiceA",
      path: ["ServiceA", "ServiceB"],
      text: "stream timeout, timeout in ctx: 250ms",
    });
    expect(ended(end, ["", "ServiceB"])).toMatchObject({ code: 12015, origin: null, path: ["non-ttstream path"] });
  });

  it("is a lost connection, to whom it was", () => {
    expect(ended({ by: "connection" }, ["ServiceB"])).toMatchObject({
      code: 12013,
      kind: "disconnect",
      origin: "ServiceC",
      external: "ServiceB, the caller of ServiceC",
    });
  });

  it("is this service's own doing where it shuts down", () => {
    expect(ended({ by: "shutdown" }, ["ServiceB"])).toMatchObject({
      code: 12009,
      kind: "shutdown",
      origin: "ServiceC",
      text: "canceled by downstream: ServiceC is shutting down",
    });
  });
});
