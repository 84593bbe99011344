import { Terminal } from "@xterm/headless";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCanvas } from "../../src/tui/canvas.ts";

const COLUMNS = 12;
const ROWS = 5;

function open() {
  const emulator = new Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true, scrollback: 0 });
  let written = "";
  const stdout = {
    write(bytes: string) {
      written += bytes;
      emulator.write(bytes);
      return true;
    },
  };
  return {
    emulator,
    canvas: createCanvas(stdout as Pick<NodeJS.WriteStream, "write">),
    taken: () => {
      const bytes = written;
      written = "";
      return bytes;
    },
    shown: async () => {
      await new Promise<void>((resolve) => emulator.write("", resolve));
      return Array.from({ length: ROWS }, (_, row) => emulator.buffer.active.getLine(row)?.translateToString(true));
    },
  };
}

describe("a canvas", () => {
  it("makes the terminal show the newest rows, whatever it showed before", async () => {
    const rows = fc.array(fc.stringMatching(/^[ -~]{0,12}$/), { minLength: 0, maxLength: ROWS });
    await fc.assert(
      fc.asyncProperty(fc.array(rows, { minLength: 1, maxLength: 6 }), async (pictures) => {
        const { canvas, shown } = open();
        for (const picture of pictures) {
          canvas.draw(picture);
          const wanted = Array.from({ length: ROWS }, (_, row) => (picture[row] ?? "").trimEnd());
          expect((await shown()).map((line) => line?.trimEnd())).toEqual(wanted);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("writes the rows that changed, and nothing where none did", () => {
    const { canvas, taken } = open();
    canvas.draw(["one", "two", "three"]);
    taken();
    canvas.draw(["one", "2", "three"]);
    const bytes = taken();
    expect(bytes).toContain("2");
    expect(bytes).not.toContain("one");
    canvas.draw(["one", "2", "three"]);
    expect(taken()).toBe("");
  });

  it("draws everything again once it was told to forget, over whatever stands there", async () => {
    const { canvas, emulator, shown } = open();
    canvas.draw(["one", "two"]);
    emulator.write("\u001b[4;3Hsomebody");
    canvas.forget();
    canvas.draw(["one", "two"]);
    expect(await shown()).toEqual(["one", "two", "", "", ""]);
  });

  it("leaves the terminal alone while somebody else has it, and draws all of it afterwards", async () => {
    const { canvas, taken, shown } = open();
    canvas.draw(["one", "two"]);
    canvas.hold(true);
    taken();
    canvas.draw(["three"]);
    expect(taken()).toBe("");
    canvas.hold(false);
    canvas.draw(["one", "two"]);
    expect(taken()).not.toBe("");
    expect(await shown()).toEqual(["one", "two", "", "", ""]);
  });
});
