import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { undoEntities } from "../../../src/sources/formats/entities.ts";
import { onlyCascade } from "../../support/told.ts";

const PATH = "gateway -> chat";
const error = (path: string): string =>
  `[ttstream error, code=12007] [server-side stream] [canceled path: ${path}] user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively`;

/** As a page writes a text. */
function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[char] as string);
}

describe("a log that was copied out of a page's source", () => {
  const plain = `2026/11/23 06:57:02.123456 stream.go:79: [Error] KITEX: recv failed, err=${error(PATH)}`;
  const json = JSON.stringify({ time: "2026-11-23T06:57:02.123Z", msg: "recv failed", err: error(PATH) });

  it.each([
    ["a plain line", escaped(plain)],
    ["a line of JSON", escaped(json)],
    ["a value in a line of JSON", JSON.stringify({ time: "2026-11-23T06:57:02.123Z", err: escaped(error(PATH)) })],
    ["a path with numbers for its arrows", plain.replace("->", "-&#x3e;").replace("err=", "err=&#34;")],
  ])("has the arrows of its paths in %s", (_, line) => {
    expect(onlyCascade({ model: [line] })).toMatchObject({ origin: { service: "gateway" } });
    expect(onlyCascade({ model: [line] }).reached.map(({ service }) => service)).toEqual(["chat", "model"]);
  });
});

describe("the entities of a text", () => {
  it("are undone to what was escaped, one layer", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(undoEntities(escaped(`${text}->`))).toBe(`${text}->`);
      }),
    );
  });

  it("stay where none stands for a quote or an arrow", () => {
    expect(undoEntities("a=1&lt;=2&amp;b")).toBe("a=1&lt;=2&amp;b");
    expect(undoEntities("GET /q?a=1&gt=2")).toBe("GET /q?a=1&gt=2");
  });
});
