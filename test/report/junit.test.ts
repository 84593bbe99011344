import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Cascade } from "../../src/model/index.ts";
import { type Check, reportJunit } from "../../src/report/junit.ts";
import { deadlineCascade, diagnosisOf, falseOriginCascade, seen } from "../story.ts";

const OPTIONS = { limit: 10, detail: 8, strict: false };

function findings(cascades: readonly Cascade[], unread = 0): Parameters<typeof reportJunit>[0] {
  const diagnostics = unread > 0 ? [{ place: { source: "b.log" }, message: "no permission" }] : [];
  return {
    diagnosis: diagnosisOf(cascades),
    input: { inputs: 1, unread, records: 4, unmatched: 0, unmatchedSample: [], diagnostics, diagnosticCount: unread },
  };
}

const check = (fields: Partial<Check>): Check => ({
  condition: "any",
  count: 0,
  cascades: [],
  warnings: [],
  ...fields,
});

/** Reads XML as strictly as it is written: every sign allowed, every attribute quoted, every element closed. Returns the elements in order. */
function elementsOf(xml: string): readonly string[] {
  expect(xml).toMatch(/^[\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
  const [, body = ""] = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n([\s\S]*)$/.exec(xml) ?? [];
  const open: string[] = [];
  const all: string[] = [];
  let at = 0;
  const tag = /<(\/?)([a-z-]+)((?: [a-z]+="[^"<&]*(?:&#\d+;[^"<&]*)*")*)(\/?)>/y;
  while (at < body.length) {
    const next = body.indexOf("<", at);
    const words = body.slice(at, next < 0 ? undefined : next);
    expect(words.replace(/&#\d+;/g, "")).not.toMatch(/[&>]/);
    if (next < 0) break;
    tag.lastIndex = next;
    const match = tag.exec(body);
    expect(match, body.slice(next, next + 80)).not.toBeNull();
    const [, close, name = "", , empty] = match as RegExpExecArray;
    if (close === "/") expect(open.pop()).toBe(name);
    else {
      all.push(name);
      if (empty === "") open.push(name);
    }
    at = tag.lastIndex;
  }
  expect(open).toEqual([]);
  return all;
}

describe("the JUnit report", () => {
  it("has a case for the inputs and one for each condition, which fails where something meets it", () => {
    const cascades = [falseOriginCascade(), deadlineCascade("d")];
    const xml = reportJunit(
      findings(cascades),
      [check({}), check({ condition: "kind=deadline", count: 1, cascades: cascades.slice(1) })],
      OPTIONS,
    ).join("\n");
    expect(elementsOf(xml).filter((name) => name === "testcase")).toHaveLength(3);
    expect(xml).toContain('tests="3" failures="1" errors="0"');
    expect(xml).toContain('<testcase classname="streamscope.fail-on" name="any" time="0"/>');
    expect(xml).toContain(
      '<failure message="1 cancel: billing started it: its timeout ran out (code 12015)" type="fail-on">',
    );
    expect(xml).toContain("STARTED IT");
  });

  it("shows the warnings that meet a condition", () => {
    const warning = { rule: "ghost-work", text: "model went on for 4 s", ...seen("a") };
    const xml = reportJunit(findings([]), [check({ count: 1, warnings: [warning] })], OPTIONS).join("\n");
    expect(xml).toContain('message="1 warning: model went on for 4 s"');
  });

  it("has an error where an input could not be read and that counts, else a note", () => {
    const strict = reportJunit(findings([], 1), [], { ...OPTIONS, strict: true }).join("\n");
    expect(strict).toContain('errors="1"');
    expect(strict).toMatch(
      /<error message="1 input could not be read as a whole" type="unread">\nb\.log: no permission/,
    );
    const lax = reportJunit(findings([], 1), [], OPTIONS).join("\n");
    expect(elementsOf(lax)).toContain("system-err");
    expect(lax).toContain('errors="0"');
  });

  it("is bounded", () => {
    const cascades = Array.from({ length: 50 }, (_, index) => deadlineCascade(`d${index}`, index, `service${index}`));
    const xml = reportJunit(findings(cascades), [check({ count: 50, cascades })], { ...OPTIONS, limit: 3 }).join("\n");
    expect(xml.match(/STARTED IT/g)).toHaveLength(3);
    expect(xml.match(/and 47 more shapes of cascade/g)).toHaveLength(2);
  });

  it("is XML whatever the logs say", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 30 }), (text) => {
        const cascade: Cascade = {
          ...deadlineCascade("d", 0, text),
          id: text,
          trigger: { service: text, text: `]]>${text}` },
        };
        const warning = { rule: text, text, ...seen(text) };
        const failed = check({ condition: text, count: 2, cascades: [cascade], warnings: [warning] });
        elementsOf(reportJunit(findings([cascade], 1), [failed], OPTIONS).join("\n"));
      }),
    );
  });
});
