import { describe, expect, it } from "vitest";
import type { Cascade, Origin } from "../../src/model/index.ts";
import {
  because,
  doubtOutside,
  headline,
  hopName,
  hopTree,
  isSure,
  sentence,
  shownService,
} from "../../src/present/index.ts";
import { deadlineCascade, falseOriginCascade, reason, unknownCascade } from "../story.ts";

function startedBy(over: Partial<Origin>): Cascade {
  const base = falseOriginCascade();
  return { ...base, origin: { ...base.origin, kind: "disconnect", code: 12013, ...over } };
}

describe("the headline", () => {
  it("names the service and what it did", () => {
    expect(headline(startedBy({ kind: "deadline", code: 12015 }))).toBe(
      "gateway started it: its timeout ran out (code 12015)",
    );
    expect(headline(startedBy({ kind: "error", code: null }))).toBe(
      "gateway failed: it answered with an error, which by itself cancels no stream",
    );
  });

  it("says of a limit what it was about, and not that an error was answered", () => {
    const limit = startedBy({
      kind: "error",
      code: null,
      reasons: [reason("limit-exceeded", "gateway ended the stream because something was larger than it allows", 2)],
    });
    expect(headline(limit)).toBe("gateway failed: something was larger than it allows");
    expect(sentence(limit)).toBe("gateway failed: something was larger than it allows.");
    expect(because(limit)).toBe("something was larger than it allows");
    expect(because(startedBy({ kind: "error", code: null }))).toBe("its call failed");
  });

  it("blames nobody where the origin is unknown", () => {
    expect(headline(unknownCascade("u"))).toBe("Origin unknown: a connection was lost (code 12013)");
  });

  it("names the party outside the logs, and the service that shows it first", () => {
    expect(headline(startedBy({ external: "the HTTP client of gateway" }))).toBe(
      "Started by the HTTP client of gateway, first seen at gateway: a connection was lost (code 12013)",
    );
    expect(headline(startedBy({ service: null, external: "a caller of chat that left no log" }))).toBe(
      "Started by a caller of chat that left no log: a connection was lost (code 12013)",
    );
  });

  it("says because of what, where somebody said so", () => {
    const trigger = { service: "llm", text: "connection refused" };
    expect(headline({ ...startedBy({ kind: "handler-return", code: null }), trigger })).toBe(
      "gateway started it: its handler returned while its streams were still open, because llm failed: connection refused",
    );
    expect(headline(startedBy({ kind: "cancel", code: null, intent: "user-left" }))).toBe(
      "gateway started it: its own code cancelled the call, because the user left",
    );
  });

  it("keeps the service where a party outside only may have acted, and tells of it beside", () => {
    const cascade = startedBy({ kind: "cancel", external: "perhaps a caller of gateway that left no log" });
    expect(headline(cascade)).toBe("gateway started it: its own code cancelled the call (code 12013)");
    expect(doubtOutside(cascade.origin)).toBe("perhaps a caller of gateway that left no log");
    expect(doubtOutside(startedBy({ external: "the HTTP client of gateway" }).origin)).toBeNull();
    expect(doubtOutside(startedBy({}).origin)).toBeNull();
  });
});

describe("a service's other names", () => {
  it("stand behind its name, three at most", () => {
    expect(shownService("gateway", ["pod prod-web-gateway-svc"])).toBe("gateway (pod prod-web-gateway-svc)");
    expect(shownService("gateway", ["a", "b\u001b[2J", "c", "d", "e"])).toBe("gateway (a, b\\x1b[2J, c, and 2 more)");
    expect(shownService("gateway")).toBe("gateway");
  });

  it("are shown in the tree, and a root without a service shows the party outside", () => {
    const known = startedBy({ aliases: ["pod gw-1"] });
    expect(hopName(known, hopTree(known))).toBe("gateway (pod gw-1)");
    const outside = startedBy({ service: null, external: "a caller of chat that left no log" });
    expect(hopName(outside, hopTree(outside))).toBe("(a caller of chat that left no log)");
    const unknown = startedBy({ service: null });
    expect(hopName(unknown, hopTree(unknown))).toBe("? above chat");
  });
});

describe("a verdict that is not sure", () => {
  const weak = (confidence: "weak" | "guess", over: Partial<Cascade["origin"]> = {}): Cascade => {
    const base = deadlineCascade("d1");
    return { ...base, origin: { ...base.origin, confidence, ...over } };
  };

  it("is no fact in its headline, nor in its sentence", () => {
    expect(headline(weak("weak"))).toBe("Probably billing started it: its timeout ran out (code 12015)");
    expect(sentence(weak("weak"))).toBe("Probably billing timed out: its timeout ran out (code 12015).");
    expect(sentence(weak("guess"))).toMatch(/^Perhaps billing timed out: /);
    const left = { kind: "disconnect", external: "the HTTP client of billing" } as const;
    expect(sentence(weak("weak", left))).toMatch(/^Probably the HTTP client of billing left; /);
    expect(headline(weak("weak", left))).toMatch(/^Probably started by the HTTP client of billing, /);
  });

  it("stays as it is where nobody is named, and where a person says so", () => {
    expect(sentence(unknownCascade())).toMatch(/^Nobody says who started it: /);
    const said = { by: "billing", note: "", was: null };
    expect(sentence(weak("weak", { overruled: said }))).toMatch(/^billing started it, said by you/);
  });
});

describe("the answer as a sentence", () => {
  it.each<[Partial<Origin>, string]>([
    [{ kind: "cancel", intent: "user-left" }, "gateway cancelled because the user left."],
    [{ kind: "cancel", intent: "constructor" }, "gateway cancelled because constructor."],
    [{ kind: "deadline" }, "gateway timed out: its timeout ran out (code 12013)."],
    [{ external: "the HTTP client of gateway" }, "The HTTP client of gateway left; gateway is the first to show it."],
    [{ service: null }, "Nobody says who started it: a connection was lost (code 12013)."],
  ])("is %j: %s", (over, text) => {
    expect(sentence(startedBy(over))).toBe(text);
  });
});

describe("a verdict", () => {
  it("is sure where it is proven or strong", () => {
    expect((["proven", "strong", "weak", "guess"] as const).map(isSure)).toEqual([true, true, false, false]);
  });
});
