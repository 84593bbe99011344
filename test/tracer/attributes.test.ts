import { describe, expect, it } from "vitest";
import { ATTRIBUTES, METRICS } from "../../src/model/index.ts";
import { startChain } from "../support/chain.ts";
import { request } from "../support/chat.ts";
import { Traced, until } from "./traced.ts";

function typeOf(value: unknown): string[] {
  if (Array.isArray(value)) return ["string[]"];
  if (typeof value === "number") return Number.isInteger(value) ? ["int", "double"] : ["double"];
  return [typeof value];
}

describe("what the tracer writes", () => {
  it("stands in the table, with its type and its kind of span", async () => {
    await using traced = new Traced();
    await using chain = await startChain();
    const call = chain.client.serverStream(request("x"));
    await call.next();
    call.cancel(new DOMException("too late", "TimeoutError"));
    await until(() => traced.named("ChatService/ServerStream").length === 6);
    const rows = new Map(ATTRIBUTES.map((row) => [row.name, row]));
    for (const { name, kind, attributes } of traced.spans) {
      const span = kind === "INTERNAL" ? "cancel" : "stream";
      for (const [attribute, value] of Object.entries(attributes)) {
        const row = rows.get(attribute);
        expect([name, attribute, row?.on.includes(span)]).toEqual([name, attribute, true]);
        expect([attribute, typeOf(value).includes(row?.type ?? "")]).toEqual([attribute, true]);
      }
    }
    for (const metric of METRICS) {
      for (const point of await traced.points(metric.name)) {
        const optional: readonly string[] = metric.optional ?? [];
        const always = Object.keys(point.attributes).filter((name) => !optional.includes(name));
        expect([metric.name, always.sort()]).toEqual([metric.name, [...metric.attributes].sort()]);
      }
    }
  });
});
