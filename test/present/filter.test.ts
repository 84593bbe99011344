import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Cascade } from "../../src/model/index.ts";
import { applyFilter, meets, negated, parseFilter, parseWhere, tokensOf, type Where } from "../../src/present/index.ts";
import { deadlineCascade, evidence, falseOriginCascade, unknownCascade, wholeStory } from "../story.ts";

function where(...texts: string[]): Where[] {
  return texts.map((text) => {
    const outcome = parseWhere(text);
    if (outcome.where === undefined) throw new Error(outcome.problem);
    return outcome.where;
  });
}

const cancel = falseOriginCascade();
const deadline = deadlineCascade("d1");
const unknown = unknownCascade();

function kept(...texts: string[]): string[] {
  const conditions = where(...texts);
  const names = new Map<Cascade, string>([
    [cancel, "cancel"],
    [deadline, "deadline"],
    [unknown, "unknown"],
  ]);
  return [...names].filter(([cascade]) => meets(cascade, conditions)).map(([, name]) => name);
}

describe("conditions", () => {
  it.each([
    [["kind=deadline"], ["deadline"]],
    [["kind!=deadline"], ["cancel", "unknown"]],
    [
      ["kind=deadline", "kind=cancel"],
      ["cancel", "deadline"],
    ],
    [["service=ledger"], ["deadline", "unknown"]],
    [["service=chat"], ["cancel"]],
    [["service=ledger", "kind=deadline"], ["deadline"]],
    [["origin=?"], ["unknown"]],
    [["origin!=?"], ["cancel", "deadline"]],
    [
      ["origin=gateway", "origin=billing"],
      ["cancel", "deadline"],
    ],
    [["code=12007"], ["cancel"]],
    [["text=USER CODE"], ["cancel", "deadline", "unknown"]],
    [["text=gateway", "kind=cancel"], []],
    [["service!=chat", "service!=billing"], ["unknown"]],
    [["how=timed-out"], ["deadline"]],
    [["HOW=Cancelled"], ["cancel"]],
    [["who=GATE*"], ["cancel"]],
    [["service=/^led/"], ["deadline", "unknown"]],
    [["sure<strong"], ["unknown"]],
    [["sure>=strong"], ["cancel", "deadline"]],
    [["sure=guess"], ["unknown"]],
    [["reached>2"], ["cancel"]],
    [["victims>2"], ["cancel"]],
    [["stopped=?"], ["cancel"]],
    [["stopped=yes"], ["deadline", "unknown"]],
    [["id=7f3a"], ["cancel"]],
    [["time=06:57:01..06:57:02"], ["deadline"]],
    [["time=..06:57:01"], ["cancel"]],
    [["time=2026-11-23T06:57:02.."], ["unknown"]],
  ])("%j keep %j", (texts, names) => {
    expect(kept(...texts)).toEqual(names);
  });

  it.each([
    ["nonsense", /FIELD=VALUE/],
    ["colour=red", /no field "colour".*who, how/],
    ["kind=cancels", /no kind "cancels".*cancel, deadline/],
    ["code=abc", /a code is a number/],
    ["service=", /has no value/],
    ["sure=certain", /sure is one of proven/],
    ["service>3", /compares sure, code and reached; for service write service=3/],
    ["time=noon", /no time; write time=12:04/],
    ["text=/(/", /no regular expression/],
  ])("say what is wrong with %j", (text, problem) => {
    expect(parseWhere(text).problem).toMatch(problem);
  });
});

describe("a filter", () => {
  const found = (text: string): number => applyFilter(wholeStory(), parseFilter(text), () => []).cascades.length;

  it("takes words, conditions, quotes, negations, wildcards and regular expressions", () => {
    expect(found("")).toBe(5);
    expect(found("GATEWAY")).toBe(1);
    expect(found("ledger how=timed-out")).toBe(3);
    expect(found("-ledger")).toBe(1);
    expect(found("!kind=deadline")).toBe(2);
    expect(found("ledg*rpc")).toBe(4);
    expect(found("/gateway.*user code/")).toBe(0);
    expect(found("/stream (rpc|grpc)/")).toBe(5);
    expect(found('"user code"')).toBe(5);
    expect(found("b1110002")).toBe(1);
    expect(found("nothing-like-it")).toBe(0);
  });

  it("keeps quotes and regular expressions together, and slashes of paths apart", () => {
    expect(tokensOf('a "b c" x=/d e/ /var/log how="timed out"')).toEqual([
      "a",
      '"b c"',
      "x=/d e/",
      "/var/log",
      'how="timed out"',
    ]);
    expect(tokensOf("gateway !chat")).toEqual(["gateway", "!chat"]);
  });

  it("holds for everything while a condition is still being typed, and says what is missing", () => {
    expect(parseFilter("kind=dead").problem).toMatch(/no kind "dead"/);
    expect(found("kind=dead")).toBe(5);
  });

  it.each([
    ["victims > 3", /write victims>3 without spaces/],
    ["chat and model", /all parts must hold anyway/],
    ["chat OR model", /alternatives/],
    ["not chat", /write !chat/],
    ["kind:cancel", /write kind=cancel/],
  ])("says what is likely meant by %j", (text, hint) => {
    expect(parseFilter(text).problem).toMatch(hint);
  });

  it("is turned round and back", () => {
    for (const token of ["chat", "kind=cancel", "-chat", "kind!=cancel"])
      expect(negated(negated(token)).replace(/^!/, "-")).toBe(token);
  });

  it("reads times by the clock that is shown", () => {
    const east = (): number => 3_600_000;
    expect(applyFilter(wholeStory(), parseFilter("time=07:57:00", east), () => []).cascades.length).toBe(1);
    expect(found("time=07:57:00")).toBe(0);
  });

  it("never throws, and never hangs on a pattern that others backtrack over", () => {
    fc.assert(
      fc.property(fc.string(), (text) => void found(text)),
      { numRuns: 200 },
    );
    const evil = { ...falseOriginCascade(), evidence: [evidence({ service: "a", line: 1, text: "a".repeat(30_000) })] };
    expect(parseFilter("/(a+)+$b/").keeps(evil)).toBe(false);
    expect(parseFilter(`${"a*".repeat(200)}b`).keeps(evil)).toBe(false);
  });
});
