import { propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { formatTraceparent, parseTraceparent, w3cPropagator } from "../../src/tracer/w3c.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

const setter = { set: (map: unknown, key: string, value: string) => void (map as Map<string, string>).set(key, value) };
const getter = {
  get: (map: unknown, key: string) => (map as Map<string, string>).get(key),
  keys: (map: unknown) => [...(map as Map<string, string>).keys()],
};

describe("traceparent", () => {
  it("is read as it is written", () => {
    const context = { traceId: TRACE, spanId: SPAN, traceFlags: 1 };
    expect(parseTraceparent(formatTraceparent(context))).toEqual({ ...context, isRemote: true });
  });

  it.each([
    "",
    "garbage",
    `00-${TRACE}-${SPAN}`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  ])("is not read from %j", (text) => {
    expect(parseTraceparent(text)).toBeNull();
  });

  it("of a later version may have more to say", () => {
    expect(parseTraceparent(`01-${TRACE}-${SPAN}-01-more`)).toMatchObject({ traceId: TRACE });
  });
});

describe("the W3C propagator", () => {
  it("carries trace state and baggage", () => {
    const headers = new Map([
      ["traceparent", `00-${TRACE}-${SPAN}-00`],
      ["tracestate", "vendor=1"],
      ["baggage", "user=J%C3%BCrgen;ttl=1,broken,bad=%zz, spaced = v "],
    ]);
    const context = w3cPropagator.extract(ROOT_CONTEXT, headers, getter);
    expect(trace.getSpanContext(context)?.traceState?.get("vendor")).toBe("1");
    const baggage = propagation.getBaggage(context);
    expect(baggage?.getEntry("user")?.value).toBe("Jürgen");
    expect(baggage?.getAllEntries()).toHaveLength(2);
    const out = new Map<string, string>();
    w3cPropagator.inject(context, out, setter);
    expect(Object.fromEntries(out)).toEqual({
      traceparent: `00-${TRACE}-${SPAN}-00`,
      tracestate: "vendor=1",
      baggage: "user=J%C3%BCrgen;ttl=1,spaced=v",
    });
  });

  it("writes nothing where there is nothing", () => {
    const out = new Map<string, string>();
    w3cPropagator.inject(ROOT_CONTEXT, out, setter);
    expect(out.size).toBe(0);
  });

  it("never writes more baggage than fits", () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, { value: "v".repeat(100) }]));
    const out = new Map<string, string>();
    w3cPropagator.inject(propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage(many)), out, setter);
    expect(out.get("baggage")?.length).toBeLessThanOrEqual(8192);
  });
});
