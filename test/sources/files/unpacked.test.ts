import { describe, expect, it } from "vitest";
import { unpacked } from "../../../src/sources/files/unpacked.ts";

const onDamage = (packing: string, message: string): never => {
  throw new Error(`${packing}: ${message}`);
};

/** Chunks, of which the last ones come when the gate is open. */
async function* gated(before: string, gate: Promise<unknown>, ...after: readonly string[]): AsyncGenerator<Buffer> {
  yield Buffer.from(before);
  await gate;
  for (const chunk of after) yield Buffer.from(chunk);
}

describe("a first line that may be the heading of a table", () => {
  it.each(["api  | listening\n", "INFO  started\n", "--- a test ---\n"])(
    "is handed on by itself where nothing follows it for a while: %j",
    async (line) => {
      const gate = Promise.withResolvers<void>();
      const lines = unpacked(gated(line, gate.promise, "and another\n"), onDamage);
      expect(String((await lines.next()).value)).toBe(line);
      gate.resolve();
      expect(String((await lines.next()).value)).toBe("and another\n");
      expect((await lines.next()).done).toBe(true);
    },
  );

  it("and a fault that comes behind it is told to whoever reads on", async () => {
    const gate = Promise.withResolvers<void>();
    const lines = unpacked(gated("INFO  started\n", gate.promise), onDamage);
    await lines.next();
    gate.reject(new Error("the pipe broke"));
    await expect(lines.next()).rejects.toThrow("the pipe broke");
  });

  it("is one where its rows come with it, in chunks of any size", async () => {
    const text = "time                 | service | message\n---+---+---\n2026-11-23 06:57:00  | chat    | cancel\n";
    for (const size of [1, 7, 4096]) {
      const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
        text.slice(i * size, (i + 1) * size),
      );
      const [first = "", ...rest] = chunks;
      let read = "";
      for await (const chunk of unpacked(gated(first, Promise.resolve(), ...rest), onDamage)) read += String(chunk);
      expect(read).toContain('"service":"chat"');
    }
  });
});
