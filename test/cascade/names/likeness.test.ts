import { describe, expect, it } from "vitest";
import { foldName, holdsName } from "../../../src/cascade/names/likeness.ts";

describe("a name holds another", () => {
  it.each([
    ["prod-web-gateway-svc", "web-gateway"],
    ["prod-servicea-svc", "ServiceA"],
    ["chat_v2", "chat"],
    ["agent.planner", "planner"],
    ["产品-网关", "网关"],
  ])("as whole words: %s, %s", (outer, inner) => expect(holdsName(outer, inner)).toBe(true));

  it.each([
    ["prod-gateway-svc", "gate"],
    ["webgateway", "gateway"],
    ["gateway", "web-gateway"],
    ["prod-web-svc", "web-gateway"],
    ["prod", ""],
    ["prod", "--"],
  ])("but not as a part of a word, nor the other way round: %s, %s", (outer, inner) =>
    expect(holdsName(outer, inner)).toBe(false),
  );
});

describe("the form in which names are compared", () => {
  it("does not tell case apart", () => expect(foldName("GATEWAY")).toBe(foldName("gateway")));
});
