import { describe, expect, it } from "vitest";
import { handlerReturned } from "../../../src/runtime/cancel/handler-return.ts";
import {
  type CancelInput,
  decideBelow,
  decideCancel,
  pathOnWire,
  relayOf,
} from "../../../src/runtime/cancel/origin.ts";
import { PLAIN_CANCEL } from "../../../src/runtime/errors/reason.ts";
import { StreamException, type StreamExceptionFields } from "../../../src/runtime/index.ts";

function exception(fields: Partial<StreamExceptionFields> = {}): StreamException {
  return new StreamException({ code: 12008, side: "server", text: "enough", origin: "A", path: ["A"], ...fields });
}

const site = { file: "/srv/b.ts", line: 1, column: 2, function: "stop" };

function decide(reason: CancelInput["reason"], upstream: StreamException | null = null, exposeReason = true) {
  return decideCancel({
    reason,
    upstream,
    service: "B",
    exposeReason,
    cancelId: () => "fresh",
    at: () => 7n,
    callSite: () => site,
  });
}

describe("deciding a cancel", () => {
  it("makes this service the origin of a reason of its own, with id, instant and call site", () => {
    const { role, exception: own } = decide({ user: new Error("mine") });
    expect(role).toBe("origin");
    expect(own).toMatchObject({
      code: 12008,
      side: "client",
      text: "mine",
      path: [],
      origin: "B",
      kind: "cancel",
      cancelId: "fresh",
      cancelledAt: 7n,
      intent: null,
      trigger: null,
      callSite: site,
      travelled: false,
      relayReason: null,
    });
    expect((own.cause as Error).message).toBe("mine");
  });

  it("keeps the intent of a reason, and its text at home where it must not be exposed", () => {
    const reason = { intent: "user-stop", text: "secret" };
    expect(decide({ user: reason }).exception).toMatchObject({ intent: "user-stop", text: "secret", code: 12008 });
    expect(decide({ user: reason }, null, false).exception).toMatchObject({ intent: "user-stop", code: 12007 });
  });

  it("relays an upstream exception given as the reason, whatever the scope says", () => {
    const above = exception();
    for (const upstream of [null, exception({ text: "another", origin: "Z" })]) {
      const { role, exception: relayed } = decide({ user: above }, upstream);
      expect(role).toBe("relay");
      expect(relayed).toMatchObject({ text: "enough", origin: "A", path: ["A"], side: "client", cause: above });
      expect(relayed.relayReason).toBeNull();
    }
  });

  it("relays what a relay's own exception passed on, given as the reason of a call outside its scope", () => {
    const above = exception();
    const { role, exception: relayed } = decide({ user: relayOf(above) });
    expect(role).toBe("relay");
    expect(relayed).toMatchObject({ text: "enough", origin: "A", path: ["A"], cause: above });
  });

  it("relays what cancelled the scope, and keeps words of its own that came too late", () => {
    const upstream = exception();
    const own = decide({ user: new Error("cleaning up") }, upstream);
    expect(own).toMatchObject({
      role: "relay",
      exception: { origin: "A", relayReason: "cleaning up", cause: upstream },
    });
    const timer = { code: 12015, text: "stream timeout", kind: "deadline" } as const;
    expect(decide({ own: timer }, upstream).exception.relayReason).toBe("stream timeout");
    for (const silent of [undefined, AbortSignal.abort().reason]) {
      expect(decide({ user: silent }, upstream).exception.relayReason).toBeNull();
    }
    expect(decide({ user: "é".repeat(2000) }, upstream).exception.relayReason).toBe("é".repeat(512));
  });

  it("makes another stream's failure the trigger, not the origin", () => {
    const failure = exception({ side: "client", code: 12001, path: [], origin: null });
    expect(decide({ user: failure })).toMatchObject({ role: "origin", exception: { origin: "B", trigger: failure } });
    const upstream = exception();
    expect(decide({ user: failure }, upstream)).toMatchObject({ role: "relay", exception: { origin: "A" } });
    expect(decide({ user: new Error("x", { cause: upstream }) }).exception.trigger).toBeNull();
  });

  it("takes a reason of the runtime's own as it is", () => {
    expect(decide({ own: PLAIN_CANCEL })).toMatchObject({
      role: "origin",
      exception: { code: 12007, kind: "cancel", origin: "B", trigger: null },
    });
  });

  it("tells of a relay what came in, of an origin nothing", () => {
    const above = exception();
    expect(decide({ user: above }).upstream).toBe(above);
    expect(decide({ user: relayOf(above) }, exception()).upstream).toBe(above);
    expect(decide({ user: new Error("late") }, above).upstream).toBe(above);
    expect(decide({ user: new Error("mine") }).upstream).toBeNull();
  });

  it("ends what is below with what is above, this service being the origin where its handler has returned", () => {
    const above = exception();
    expect(decideBelow(above)).toMatchObject({
      role: "relay",
      upstream: above,
      exception: { origin: "A", cause: above },
    });
    const returned = handlerReturned({ service: "B", trigger: null, at: 3n });
    expect(decideBelow(returned)).toMatchObject({
      role: "origin",
      upstream: null,
      exception: { origin: "B", code: 12012 },
    });
  });
});

describe("the exception of a relay", () => {
  it("is the parent's in everything but its side", () => {
    const parent = exception({
      kind: "shutdown",
      cancelId: "id",
      cancelledAt: 3n,
      intent: "user-stop",
      trigger: new Error("t"),
      external: "the HTTP client of A",
    });
    const relayed = relayOf(parent, "mine");
    for (const key of [
      "code",
      "path",
      "text",
      "origin",
      "kind",
      "cancelId",
      "cancelledAt",
      "intent",
      "trigger",
    ] as const) {
      expect(relayed[key]).toEqual(parent[key]);
    }
    expect(relayed).toMatchObject({
      side: "client",
      raisedAt: "client",
      travelled: true,
      relayReason: "mine",
      cause: parent,
      callSite: null,
      external: "the HTTP client of A",
    });
  });
});

describe("the path of an Rst", () => {
  it("ends with the sender; a sender without a name is left out where nobody is named", () => {
    expect(pathOnWire(exception(), "B")).toEqual(["A", "B"]);
    expect(pathOnWire(exception({ path: [] }), "B")).toEqual(["B"]);
    expect(pathOnWire(exception({ path: [] }), "")).toEqual([]);
    expect(pathOnWire(exception(), "")).toEqual(["A", ""]);
  });
});
