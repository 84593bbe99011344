import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDialects } from "../../src/dialects/index.ts";
import { FIELDS, FILE_FIELDS, readDialects } from "../../src/owndialects/index.ts";

const SCHEMA = JSON.parse(readFileSync(new URL("../../docs/dialects.schema.json", import.meta.url), "utf8"));
const EXAMPLE = readFileSync(new URL("../../examples/own-dialects.json", import.meta.url), "utf8");

const GOOD = {
  id: "acme-session-torn",
  product: "Acme gateway",
  stems: ["torn down"],
  pattern: "session \\S+ torn down by (?:peer|user)",
  says: "caller",
  kind: "disconnect",
  meaning: "The client of the gateway left.",
  samples: ["session 4711 torn down by user"],
  others: ["the tent was torn down"],
};

/** The problems of a file with one wording, without their lines. */
function problemsOf(entry: object): readonly string[] {
  return readDialects(JSON.stringify({ dialects: [entry] })).problems.map(({ message }) => message);
}

describe("a file of own wordings", () => {
  it("becomes entries that are asked before those that are built in", () => {
    const { entries, problems } = readDialects(JSON.stringify({ dialects: [GOOD] }));
    expect(problems).toEqual([]);
    expect(entries).toMatchObject([{ id: "acme-session-torn", says: "caller", kind: "disconnect", caution: "" }]);
    const dialects = createDialects(entries);
    expect(dialects.entryOf("error: session 9 torn down by peer: connection reset by peer")?.id).toBe(GOOD.id);
    expect(dialects.wordingsIn("session 9 torn down by peer")).toEqual([
      { product: "Acme gateway", text: "session 9 torn down by peer", meaning: GOOD.meaning, caution: "" },
    ]);
    expect(dialects.prefilter.wordings).toContain("torn down");
  });

  it("is searched for also where its words stand in fields of JSON", () => {
    const { entries } = readDialects(
      JSON.stringify({ dialects: [{ ...GOOD, stems: ["end=torn"], pattern: "end=torn", samples: ["end=torn"] }] }),
    );
    expect(createDialects(entries).prefilter.wordings).toEqual(expect.arrayContaining(["end=torn", 'end":"torn']));
  });

  it("may have comments", () => {
    expect(readDialects(`// ours\n{ "dialects": [${JSON.stringify(GOOD)} /* only one */] }`).problems).toEqual([]);
  });

  it.each([
    ["timeout", "self", undefined, "timer", "deadline"],
    ["cancelled", "local", undefined, "act", "cancel"],
    ["Closed", "Client", undefined, "caller", "disconnect"],
    ["rst", "peer", undefined, "reset", "reset"],
    ["lost", "remote", undefined, "lost", "disconnect"],
    ["abort", "upstream", "kitex", "caller", "cancel"],
    ["abort", "upstream", "proxy", "callee", "cancel"],
    ["abort", "downstream", "proxy", "caller", "cancel"],
    ["cancel", "unknown", undefined, "word", "cancel"],
  ])("translates kind %s and says %s (%s)", (kind, says, directions, expected, expectedKind) => {
    const entry = { ...GOOD, kind, says, ...(directions === undefined ? {} : { directions }) };
    const { entries, problems } = readDialects(JSON.stringify({ dialects: [entry] }));
    expect(problems).toEqual([]);
    expect(entries[0]).toMatchObject({ says: expected, kind: expectedKind });
  });

  it.each([
    [{ kinds: "cancel" }, /field "kinds" is not known; there are id, product/],
    [{ id: undefined }, /field "id" is missing/],
    [{ stems: [] }, /field "stems": must be a list of 1 to 50 texts/],
    [{ stems: "torn down" }, /field "stems": must be a list/],
    [{ stems: ["ab", "torn down"] }, /field "stems": "ab" must have 3 characters/],
    [{ stems: ["gelöst", "torn down"] }, /field "stems": "gelöst" must have/],
    [{ pattern: "torn (down" }, /field "pattern": is no regular expression of RE2: missing closing \)/],
    [{ pattern: "(torn) \\1" }, /field "pattern": is no regular expression of RE2: .*back references are left out/],
    [{ pattern: "torn(?= down)" }, /field "pattern": .*looking around/],
    [{ pattern: "(?:torn)*" }, /field "pattern": fits an empty text/],
    [{ pattern: "x".repeat(1_001) }, /field "pattern": has 1001 characters/],
    [{ says: "somebody" }, /field "says": "somebody" is not known; there are timer, act/],
    [{ says: "upstream" }, /field "says": "upstream" means the caller in Kitex and .* add "directions"/],
    [{ says: "upstream", directions: "north" }, /field "directions": "north" is neither of kitex and proxy/],
    [{ kind: "boom" }, /field "kind": "boom" is no kind; there are cancel, deadline/],
    [{ kind: 7 }, /field "kind": must be a text/],
    [{ side: "left" }, /field "side": "left" is neither client nor server/],
    [{ proxy: "yes" }, /field "proxy": must be true or false/],
    [{ meaning: " " }, /field "meaning": must be a text of 1 to/],
    [{ samples: ["session 4711 went"] }, /field "samples": "session 4711 went" has none of the stems/],
    [{ samples: ["torn down"] }, /field "samples": "torn down" does not fit the pattern/],
    [
      { others: ["session 1 torn down by peer"] },
      /field "others": "session 1 torn down by peer" must not fit, but does/,
    ],
    [{ id: "grpc-js-own-cancel" }, /field "id": is the name of a wording that is built in/],
  ])("with %j is refused, the field named", (change, message) => {
    const problems = problemsOf({ ...GOOD, ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });

  it.each([
    ["", 1, /is empty|is no JSON/],
    ["[]", 1, /is no object; write/],
    ['{\n "dialects": 7\n}', 2, /field "dialects" must be a list/],
    ['{\n\n "other": []\n}', 1, /field "dialects" is missing/],
    ['{ "dialects": [\n  7\n] }', 2, /a wording must be an object/],
    ['{ "dialects": [\n {\n "id": "a",\n "id": "b" } ] }', 4, /field "id" stands twice/],
    ['{ "dialects": [ {} ], \n"version": 2 }', 2, /field "version" is not known; there are \$schema, dialects/],
    ['{ "dialects": [\n  { "id": "x"\n ', 3, /is no JSON/],
  ])("%j is refused where it is wrong", (text, line, message) => {
    const found = readDialects(text).problems.find((problem) => message.test(problem.message));
    expect(found?.line).toBe(line);
  });

  it("names the line of each mistake, and all of them", () => {
    const second = { ...GOOD, id: "second", kind: "boom", samples: 3 };
    const lines = JSON.stringify({ dialects: [{ ...GOOD, extra: 1 }, second] }, null, 1).split("\n");
    const { problems, entries } = readDialects(lines.join("\n"));
    expect(entries).toEqual([]);
    expect(problems.map(({ line, message }) => [lines[line - 1]?.trim().split(":")[0], message.split(":")[0]])).toEqual(
      [
        ['"extra"', GOOD.id],
        ['"samples"', "second"],
      ],
    );
  });

  it("says which wording reads a sample first", () => {
    const shadowed = { ...GOOD, id: "shadowed", pattern: "torn down by user", others: ["torn down"] };
    const { problems } = readDialects(JSON.stringify({ dialects: [GOOD, shadowed] }));
    expect(problems.map(({ message }) => message)).toEqual([
      'shadowed: field "samples": "session 4711 torn down by user" is read as acme-session-torn, which stands before it',
    ]);
  });

  it("has two wordings of one name never", () => {
    expect(readDialects(JSON.stringify({ dialects: [GOOD, GOOD] })).problems[0]?.message).toMatch(
      /stands also in line/,
    );
  });

  it("cannot hang the program, whatever its pattern", () => {
    const { entries, problems } = readDialects(
      JSON.stringify({
        dialects: [
          {
            ...GOOD,
            pattern: "(a+)+(a|a)*torn down$",
            samples: ["aaa torn down", "atorn down"].slice(1),
            others: ["torn down"],
          },
        ],
      }),
    );
    expect(problems).toEqual([]);
    const dialects = createDialects(entries);
    // Under a backtracking engine this takes longer than the universe has time
    expect(dialects.entryOf(`${"a".repeat(8_000)} torn down!`)?.id).not.toBe(GOOD.id);
  });

  it("never throws, whatever stands in it", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const { entries, problems } = readDialects(text);
        expect(entries.length === 0 || problems.length === 0).toBe(true);
        for (const { line } of problems) expect(line).toBeGreaterThan(0);
      }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(FIELDS), "x"), fc.jsonValue()), (change) => {
        readDialects(JSON.stringify({ dialects: [{ ...GOOD, ...change }] }));
      }),
    );
  });
});

describe("the schema of own wordings", () => {
  const validate = new Ajv({ strict: false }).compile(SCHEMA);

  it("has the fields that are read, and asks for the same of them", () => {
    const entry = SCHEMA.$defs.wording;
    expect(Object.keys(SCHEMA.properties)).toEqual(FILE_FIELDS);
    expect(Object.keys(entry.properties)).toEqual(Object.keys(FIELDS));
    expect(entry.required).toEqual(Object.entries(FIELDS).flatMap(([name, { required }]) => (required ? [name] : [])));
    expect(entry.additionalProperties).toBe(false);
  });

  it("takes the example, which is read without a problem", () => {
    expect(readDialects(EXAMPLE).problems).toEqual([]);
    const plain = JSON.parse(EXAMPLE.replace(/^\s*\/\/.*$/gm, ""));
    expect(validate(plain)).toBe(true);
    expect(validate({ dialects: [{ ...GOOD, extra: 1 }] })).toBe(false);
  });
});
