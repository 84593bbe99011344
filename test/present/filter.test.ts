import { describe, expect, it } from "vitest";
import type { Cascade } from "../../src/model/index.ts";
import { meets, parseWhere, type Where } from "../../src/present/index.ts";
import { deadlineCascade, falseOriginCascade, unknownCascade } from "../story.ts";

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
  ])("%j keep %j", (texts, names) => {
    expect(kept(...texts)).toEqual(names);
  });

  it.each([
    ["nonsense", /FIELD=VALUE/],
    ["colour=red", /no field "colour".*service, kind/],
    ["kind=cancelled", /no kind "cancelled".*cancel, deadline/],
    ["code=abc", /a code is a number/],
    ["service=", /has no value/],
  ])("say what is wrong with %j", (text, problem) => {
    expect(parseWhere(text).problem).toMatch(problem);
  });
});
