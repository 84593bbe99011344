import { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openOutput, writeParts } from "../../../src/cli/terminal/output.ts";

/** A reader that takes one part of eight bytes at a time, when it is told to. */
function slowReader() {
  const waiting: (() => void)[] = [];
  const got: string[] = [];
  const stream = new Writable({
    highWaterMark: 8,
    write(chunk: Buffer, _, done) {
      waiting.push(() => {
        got.push(chunk.toString());
        done();
      });
    },
  });
  const output = openOutput(stream as unknown as NodeJS.WriteStream, {});
  return { stream, output, got, take: () => waiting.shift()?.() };
}

function* parts(made: string[]): Generator<string> {
  for (const part of ["one part,", "another, ", "the last "]) {
    made.push(part);
    yield part;
  }
}

describe("what is written in parts", () => {
  it("is made no faster than it is read", async () => {
    const { output, got, take } = slowReader();
    const made: string[] = [];
    const written = writeParts(output, parts(made));
    for (const count of [1, 2, 3]) {
      await setImmediate();
      expect([made.length, got.length]).toEqual([count, count - 1]);
      take();
    }
    await written;
    expect(got).toEqual(made);
  });

  it("is not waited for where the reader has gone away", async () => {
    const { stream, output } = slowReader();
    const made: string[] = [];
    const written = writeParts(output, parts(made));
    await setImmediate();
    stream.destroy(Object.assign(new Error("gone"), { code: "EPIPE" }));
    await written;
    expect(made).toHaveLength(1);
    expect(output.open()).toBe(false);
  });
});
