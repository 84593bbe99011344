import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endsInReturns, linesOfReturns } from "../../../src/sources/formats/carriage-returns.ts";

async function linesOf(...chunks: readonly string[]): Promise<string> {
  async function* all(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const parts: Uint8Array[] = [];
  for await (const part of linesOfReturns(all())) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe("lines that end in carriage returns", () => {
  it("are known by having no other ends", () => {
    expect(endsInReturns("a\rb\rc")).toBe(true);
    for (const text of ["a\r\nb\r\nc", "a\nb", "a", "10 %\r20 %\rdone\n"]) expect(endsInReturns(text)).toBe(false);
  });

  it("end in line feeds afterwards, and pairs stay pairs", async () => {
    expect(await linesOf("a\rb\r", "c\r\nd\r", "\ne\r")).toBe("a\nb\nc\r\nd\r\ne\n");
  });

  it("are the same in pieces of any size", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", "\r", "\n"), maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(text, fc.nat(30), async (all, at) => {
        expect(await linesOf(all.slice(0, at), all.slice(at))).toBe(all.replace(/\r(?!\n)/g, "\n"));
      }),
    );
  });
});
