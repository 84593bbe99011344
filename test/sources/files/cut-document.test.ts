import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closedDocuments } from "../../../src/sources/files/cut-document.ts";
import { readSources } from "../../../src/sources/index.ts";
import { prefilter } from "../prefilter.ts";

async function read(text: string) {
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text);
  }
  const reading = readSources(["-"], { prefilter, timezone: "UTC", stdin: whole() });
  const found = [];
  for await (const batch of reading) found.push(...batch);
  return { found, summary: reading.summary };
}

const hits = ["chat", "gw", "agent"].map((service) => ({
  _source: { "@timestamp": "2026-11-23T06:57:00Z", service, message: "cancel" },
}));

describe("a JSON document that ends in the middle", () => {
  it.each([0, 1])("gives what is whole in it, and is told: indented by %i", async (indent) => {
    const text = JSON.stringify({ hits: { hits } }, null, indent);
    const { found, summary } = await read(text.slice(0, -30));
    expect(found.slice(0, 2).map(({ service }) => service)).toEqual(["chat", "gw"]);
    expect(summary.unreadable).toBe(1);
    expect(summary.diagnostics.map(({ message }) => message)).toEqual([
      "is a JSON document that ends in the middle; what is whole in it is read",
    ]);
    expect((await read(text)).summary).toMatchObject({ unreadable: 0, diagnosticCount: 0 });
  });

  it("is JSON again, wherever it is cut, unless the outermost object alone is left", () => {
    fc.assert(
      fc.property(fc.array(fc.json({ maxDepth: 4 })), fc.nat(), (values, at) => {
        const text = `[${values.join(",")}]`;
        for (const closed of closedDocuments(text.slice(0, at % text.length)))
          expect(Array.isArray(JSON.parse(closed))).toBe(true);
      }),
    );
    expect([...closedDocuments('{"a":1,"b":"x')]).toEqual([]);
    expect([...closedDocuments('{"a":[{"b":"},{"},{"c":1,"d":')]).toEqual([
      '{"a":[{"b":"},{"},{"c":1}]}',
      '{"a":[{"b":"},{"}]}',
    ]);
  });
});
