import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reportLines, reportObject, stringify } from "../../src/report/json.ts";
import { diagnosisOf, falseOriginCascade, wholeStory } from "../story.ts";
import { EVIL, findings, hostile, validate } from "./findings.ts";

describe("the JSON report", () => {
  it("is what docs/scan.schema.json describes", () => {
    for (const diagnosis of [wholeStory(), diagnosisOf([]), hostile(EVIL)]) {
      const object = JSON.parse(stringify(reportObject(findings(diagnosis)), 2));
      validate(object);
      expect(validate.errors).toBeNull();
    }
  });

  it("holds at most 20 places and 100 diagnostics, and counts the rest", () => {
    const places = Array.from({ length: 50 }, (_, index) => ({ source: "a", line: index + 1 }));
    const base = falseOriginCascade();
    const exemplars = Array.from({ length: 9 }, (_, index) => `x${index}`);
    const cascade = { ...base, exemplars, origin: { ...base.origin, reasons: [{ rule: "r", text: "t", places }] } };
    const diagnostics = Array.from({ length: 300 }, () => ({ place: { source: "a" }, message: "bad" }));
    const object = reportObject(findings(diagnosisOf([cascade]), { diagnostics, diagnosticCount: 300 }));
    validate(JSON.parse(stringify(object)));
    expect(validate.errors).toBeNull();
    expect(JSON.stringify(object)).toContain('"diagnosticCount":300');
  });

  it("can be read back, and holds nothing that acts on a terminal", () => {
    const anything = fc.string({ unit: "binary", maxLength: 40 });
    fc.assert(
      fc.property(anything, (text) => {
        const json = stringify(text);
        expect(json).toMatch(/^[\u0020-\u007e\u00a0-\u{10ffff}]*$/u);
        expect(json).not.toMatch(/[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
        expect(JSON.parse(json)).toBe(text);
      }),
    );
  });

  it("as lines has one object a line and the summary last", () => {
    const lines = reportLines(findings(wholeStory())).map((line) => JSON.parse(line));
    expect(lines.map((line) => line.type)).toEqual([...Array(5).fill("cascade"), "summary"]);
    expect(lines[0].origin.service).toBe("gateway");
    expect(lines[5].origins.length).toBe(3);
  });
});
