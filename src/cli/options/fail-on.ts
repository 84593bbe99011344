/**
 * `--fail-on`: when a scan ends with exit code 1, for scripts and CI.
 */
import { WARNING_RULES } from "../../cascade/index.ts";
import type { Cascade, Diagnosis } from "../../model/index.ts";
import { meets, parseWhere } from "../../present/index.ts";
import { usageFailure } from "../failure.ts";

/** A condition as the user wrote it, and how to count what meets it. */
export interface FailOn {
  readonly text: string;
  /** The cascades, or the warnings, that meet it. */
  readonly meeting: (diagnosis: Diagnosis) => Meeting;
  /** How many cancels (or warnings) that is. */
  readonly count: (diagnosis: Diagnosis) => number;
}

/** What meets a condition: cascades or warnings. */
export interface Meeting {
  readonly cascades: readonly Cascade[];
  readonly warnings: Diagnosis["warnings"];
}

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

function overCascades(text: string, holds: (cascade: Cascade) => boolean): FailOn {
  return {
    text,
    meeting: ({ cascades }) => ({ cascades: cascades.filter(holds), warnings: [] }),
    count: ({ cascades }) => cascades.reduce((sum, cascade) => (holds(cascade) ? sum + cascade.count : sum), 0),
  };
}

function overWarnings(text: string, rule: string): FailOn {
  const meeting = ({ warnings }: Diagnosis): Meeting => {
    return { cascades: [], warnings: warnings.filter((each) => each.rule === rule) };
  };
  return { text, meeting, count: (diagnosis) => meeting(diagnosis).warnings.length };
}
