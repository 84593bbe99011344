/**
 * `--fail-on`: when a scan ends with exit code 1, for scripts and CI.
 */
import { WARNING_RULES } from "../../cascade/index.ts";
import type { Cascade, Diagnosis } from "../../model/index.ts";
import { meets, parseWhere } from "../../present/index.ts";
import type { Check } from "../../report/index.ts";
import { usageFailure } from "../failure.ts";

/** Finds what of a diagnosis meets a condition: cascades or warnings. */
export type FailOn = (diagnosis: Diagnosis) => Check;

/** Words besides the conditions of --where, with what they mean; the help is made from them. */
export const FAIL_ON_WORDS: Readonly<Record<string, string>> = {
  any: "any cancel was found",
  unexplained: "a cancel whose origin is unknown or only a guess, and nobody said who it was",
  "false-origin": "a service looks like the origin and is not",
  "ghost-work": "a service went on working after the cancel",
  "warning=RULE": "there is a warning of this rule (docs/warnings.md)",
};

/**
 * Reads one condition.
 *
 * @throws Failure where there is no such condition
 */
export function parseFailOn(text: string): FailOn {
  switch (text) {
    case "any":
      return overCascades(text, (cascade) => cascade.origin.kind !== "error");
    case "unexplained":
      return overCascades(
        text,
        ({ origin }) => origin.overruled === undefined && (origin.service === null || origin.confidence === "guess"),
      );
    case "false-origin":
      return overCascades(text, (cascade) => cascade.falseOrigins.length > 0);
    case "ghost-work":
      return overWarnings(text, "ghost-work");
  }
  const rule = /^warning=(.+)$/.exec(text)?.[1];
  if (rule !== undefined) {
    if (WARNING_RULES.includes(rule)) return overWarnings(text, rule);
    throw usageFailure(`--fail-on "${text}": there is no such rule; use one of ${WARNING_RULES.join(", ")}`);
  }
  const outcome = parseWhere(text);
  if (outcome.where === undefined) {
    const words = Object.keys(FAIL_ON_WORDS).join(", ");
    throw usageFailure(`--fail-on "${text}": use ${words}, or a condition of --where (${outcome.problem})`);
  }
  const { where } = outcome;
  return overCascades(text, (cascade) => meets(cascade, [where]));
}

function overCascades(condition: string, holds: (cascade: Cascade) => boolean): FailOn {
  return (diagnosis) => {
    const cascades = diagnosis.cascades.filter(holds);
    return { condition, count: cascades.reduce((sum, { count }) => sum + count, 0), cascades, warnings: [] };
  };
}

function overWarnings(condition: string, rule: string): FailOn {
  return (diagnosis) => {
    const warnings = diagnosis.warnings.filter((each) => each.rule === rule);
    return { condition, count: warnings.length, cascades: [], warnings };
  };
}
