import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { isTar, linesOfTar } from "../../../src/sources/formats/tar.ts";

const root = mkdtempSync(join(tmpdir(), "streamscope-tar-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let from = 0, i = 0; from < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] as number;
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

const told: string[] = [];

async function textOf(bytes: Buffer, sizes: readonly number[] = [10_240]): Promise<string> {
  const parts: Uint8Array[] = [];
  told.length = 0;
  for await (const part of linesOfTar(cut(bytes, sizes), (message) => told.push(message))) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** What tar itself makes of a folder with two logs, one of a whole block, and one without anything in it. */
function archive(format: string): Buffer {
  const folder = mkdtempSync(join(root, "f"));
  mkdirSync(join(folder, "logs"));
  writeFileSync(join(folder, "logs/chat.log"), "one\ntwo\n");
  writeFileSync(join(folder, "logs/model.log"), `${"x".repeat(511)}\n`);
  writeFileSync(join(folder, "logs/none.log"), "");
  return execFileSync("tar", [`--format=${format}`, "--sort=name", "-cf", "-", "-C", folder, "logs"]);
}

describe("a tar archive", () => {
  it.each(["ustar", "gnu", "pax"])("is its files, each below its name: %s", async (format) => {
    const bytes = archive(format);
    expect(isTar(bytes)).toBe(true);
    expect(await textOf(bytes)).toBe(
      `==> logs/chat.log <==\none\ntwo\n\n==> logs/model.log <==\n${"x".repeat(511)}\n\n==> logs/none.log <==\n`,
    );
    expect(told).toEqual([]);
  });

  it("is told to be cut: in a file, in what fills its last block, before the mark of its end", async () => {
    const bytes = archive("ustar");
    const model = bytes.indexOf("logs/model.log");
    await textOf(bytes.subarray(0, model + 600));
    expect(told).toEqual(["it ends in the middle of a file"]);
    expect(await textOf(bytes.subarray(0, model - 100))).toContain("one\ntwo\n");
    expect(told).toEqual(["it ends without its end, and files may be missing"]);
    await textOf(bytes.subarray(0, model));
    expect(told).toEqual(["it ends without its end, and files may be missing"]);
  });

  it("is read on behind a header that is broken, and that is told", async () => {
    const bytes = archive("ustar");
    bytes.fill(0xff, bytes.indexOf("logs/chat.log"), bytes.indexOf("logs/chat.log") + 20);
    const text = await textOf(bytes);
    expect(text).not.toContain("two");
    expect(text).toContain("==> logs/model.log <==\nxxx");
    expect(told).toEqual(["a header in it is broken, and what it names is not read"]);
  });

  it("is the same in pieces of any size, and never throws where it is cut or damaged", async () => {
    const bytes = archive("ustar");
    const whole = await textOf(bytes);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), async (sizes) => {
        expect(await textOf(bytes, sizes)).toBe(whole);
      }),
      { numRuns: 20 },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(2_000), fc.uint8Array({ maxLength: 40 }), async (at, noise) => {
        const damaged = Buffer.from(bytes);
        damaged.set(noise, at);
        await textOf(damaged.subarray(0, damaged.length - at));
      }),
    );
  });

  it("is nothing else", () => {
    expect(isTar(Buffer.from("a line\n"))).toBe(false);
    expect(isTar(Buffer.alloc(300))).toBe(false);
  });
});
