import { describe, expect, it } from "vitest";
import { type Found, findErrors, findTtstreamErrors, type Grammar, isCutSentence } from "../../src/ttstream/index.ts";

/** Two small grammars: `<n>` with a number, and `{w}` with a word; both heads end where their bracket closes. */
const numbers: Grammar<string> = grammar("<", ">");
const words: Grammar<string> = grammar("{", "}");

function grammar(open: string, close: string): Grammar<string> {
  return {
    marker: open,
    readHead(text, at, end) {
      const closes = text.indexOf(close, at);
      if (closes === -1 || closes >= end) return { fields: text.slice(at + 1, end), messageAt: end, truncated: true };
      const fields = text.slice(at + 1, closes);
      return fields === "no" ? null : { fields, messageAt: closes + 1, truncated: false };
    },
  };
}

/** An error as a list from the outside in: its fields, the words before it, its message. */
function shape(error: Found<string>): unknown[] {
  const self = [error.fields, [...error.prefixes], error.message];
  return error.inner === null ? self : [...self, shape(error.inner)];
}

function find(text: string): unknown[][] {
  return findErrors(text, [numbers, words]).map(shape);
}

describe("errors in a text", () => {
  it("are none in a text without a marker, and none where a marker begins no head", () => {
    expect(find("")).toEqual([]);
    expect(find("nothing here")).toEqual([]);
    expect(find("<no> x")).toEqual([]);
    expect(find("<1> a: <no> x")).toEqual([["1", [], " a: <no> x"]]);
  });

  it("have the message up to the end of their line, whatever ends it", () => {
    expect(find("<1> a\n<2> b\r\n<3> c\r\n\n<4>\r\n")).toEqual([
      ["1", [], " a"],
      ["2", [], " b"],
      ["3", [], " c"],
      ["4", [], ""],
    ]);
  });

  it("of any grammar are found in the order of the text", () => {
    expect(find("{a} x; <1> y; {b} z")).toEqual([
      ["a", [], " x"],
      ["1", [], " y"],
      ["b", [], " z"],
    ]);
    expect(find("<1> x; {a} y; <2> z")).toEqual([
      ["1", [], " x"],
      ["a", [], " y"],
      ["2", [], " z"],
    ]);
  });

  it("say where in the text their markers are", () => {
    const [first, second] = findErrors("x <1> a: {b}\n<2>", [numbers, words]);
    expect([first?.at, first?.inner?.at, second?.at]).toEqual([2, 9, 13]);
  });

  it("with wrapper words between them are inside each other, and the outer message has the inner errors", () => {
    expect(find("<1> biz error: {a} call model: <2> gone")).toEqual([
      [
        "1",
        [],
        " biz error: {a} call model: <2> gone",
        ["a", ["biz error"], " call model: <2> gone", ["2", ["call model"], " gone"]],
      ],
    ]);
  });

  it.each(["a:", "a: ", "a=", "a(", 'a("', "a '", "a `", "", "  "])(
    "are inside each other with %j between them",
    (between) => {
      expect(find(`<1>${between}<2>`)).toHaveLength(1);
    },
  );

  it.each(["a", "a. ", "a:  ", "a; b: ", "a, b: ", "a | b: ", "a)"])("are two with %j between them", (between) => {
    expect(find(`<1>${between}<2>`)).toHaveLength(2);
  });

  it("that are separate share their line at the last separator before the second", () => {
    expect(find("<1> a; b; <2>").map(([, , message]) => message)).toEqual([" a; b", ""]);
    expect(find("<1> a, b; c, <2>").map(([, , message]) => message)).toEqual([" a, b; c", ""]);
    expect(find("<1> a | b, c | <2>").map(([, , message]) => message)).toEqual([" a | b, c", ""]);
    expect(find("<1> a and <2>").map(([, , message]) => message)).toEqual([" a and ", ""]);
  });

  it("that are separate are cut behind the inner error of the first", () => {
    expect(find("<1> a; b: <2> c; d; <3> e")).toEqual([
      ["1", [], " a"],
      ["2", ["b"], " c; d"],
      ["3", [], " e"],
    ]);
    expect(find("<1> b: <2> c; d; <3> e")).toEqual([
      ["1", [], " b: <2> c; d", ["2", ["b"], " c; d"]],
      ["3", [], " e"],
    ]);
  });

  it("are read no further than the next marker of any grammar, or the end of the line: cut there, and the next one is its own", () => {
    const heads = (text: string): unknown[] => {
      const flat: unknown[] = [];
      for (const error of findErrors(text, [numbers, words])) {
        for (let each: Found<string> | null = error; each !== null; each = each.inner) {
          flat.push([each.fields, each.truncated]);
        }
      }
      return flat;
    };
    expect(heads("<1 {a} x>")).toEqual([
      ["1 ", true],
      ["a", false],
    ]);
    expect(heads("{a <1> x}")).toEqual([
      ["a ", true],
      ["1", false],
    ]);
    expect(heads("<1 <2>")).toEqual([
      ["1 ", true],
      ["2", false],
    ]);
    expect(heads("<1\n2>")).toEqual([["1", true]]);
    expect(heads("{a\n<1>}")).toEqual([
      ["a", true],
      ["1", false],
    ]);
  });

  it("nest a thousand deep and no deeper, wherever in the text", () => {
    const depths = findErrors(`x; ${"<1>: ".repeat(2500)}`, [numbers]).map((error) => {
      let depth = 0;
      for (let each: Found<string> | null = error; each !== null; each = each.inner) depth += 1;
      return depth;
    });
    expect(depths).toEqual([1001, 1001, 498]);
  });
});

describe("the words before an error", () => {
  it.each<[string, string[]]>([
    ["", []],
    ["x ", []],
    ["x: ", ["x"]],
    ["x: y: ", ["x", "y"]],
    ["x: y ", ["x"]],
    ["2026/11/27 12:00:00 x: ", ["2026/11/27 12:00:00 x"]],
    ["[ERROR] call model: ", ["call model"]],
    ["level=error msg=call model: ", ["call model"]],
    ["err= x: ", ["x"]],
    ["x:  y : ", ["x", "y"]],
    [": : ", []],
    ["before: a; own: ", ["own"]],
    ["a; b, c | own: ", ["own"]],
    ["a | b; own: ", ["own"]],
    ["a, b: own: ", ["b", "own"]],
  ])("%j are the prefixes %j", (before, prefixes) => {
    expect(findErrors(`${before}<1>`, [numbers])[0]?.prefixes).toEqual(prefixes);
  });

  it("are those of its own line, and of what stands behind the error before", () => {
    expect(findErrors("x: y:\nz: <1>", [numbers])[0]?.prefixes).toEqual(["z"]);
    expect(findErrors("x: <1> m; own: <2>", [numbers]).map(({ prefixes }) => prefixes)).toEqual([["x"], ["own"]]);
    const [outer] = findErrors("x: <1> y: <2> z: <3>", [numbers]);
    expect([outer?.prefixes, outer?.inner?.prefixes, outer?.inner?.inner?.prefixes]).toEqual([["x"], ["y"], ["z"]]);
  });

  it("are looked for in the 300 characters before it", () => {
    const prefixes = (before: string) => findErrors(`${before}<1>`, [numbers])[0]?.prefixes;
    expect(prefixes(`${"a".repeat(500)}: b: `)).toEqual(["a".repeat(295), "b"]);
    expect(prefixes(`x: ${"a".repeat(298)}: `)).toEqual(["a".repeat(298)]);
  });
});

describe("ttstream errors in a text", () => {
  it("have the fields of their heads, and are marked where a logger cut them", () => {
    const found = findTtstreamErrors(
      "x [ttstream error, code=12007] [server-side stream] [canceled path: a -> b] m\n[ttstream error, code=12008] [canceled path: a",
    );
    expect(found).toEqual([
      {
        fields: { code: 12007, side: "server", path: ["a", "b"] },
        message: "m",
        prefixes: [],
        inner: null,
        truncated: false,
        at: 2,
      },
      {
        fields: { code: 12008, side: null, path: ["a"] },
        message: "",
        prefixes: [],
        inner: null,
        truncated: true,
        at: 78,
      },
    ]);
  });

  it("do not take a code that is none", () => {
    expect(findTtstreamErrors("[ttstream error, code=x] m")).toEqual([]);
  });
});

describe("a cut sentence", () => {
  it("is the beginning of its code's standard sentence, and neither nothing nor all of it", () => {
    expect(isCutSentence(12013, "canceled by connection")).toBe(true);
    expect(isCutSentence(12013, "c")).toBe(true);
    expect(isCutSentence(12013, "")).toBe(false);
    expect(isCutSentence(12013, "canceled by connection closed")).toBe(false);
    expect(isCutSentence(12013, "canceled by connection closed: EOF")).toBe(false);
    expect(isCutSentence(12013, "closed")).toBe(false);
    expect(isCutSentence(12013, "something else")).toBe(false);
  });

  it("is none of a code without a sentence of its own", () => {
    expect(isCutSentence(4711, "canceled")).toBe(false);
  });
});
