/** `--redact` and `--no-redact`: from words of a command line to what is replaced. */
import { type Redaction, SECRETS } from "../../present/index.ts";
import { usageFailure } from "../failure.ts";

/** The options, as they stand on the command line. */
export interface RedactOptions {
  /** More patterns; false: not even those that are always there. */
  readonly redact?: readonly string[] | false;
}

/**
 * Reads the options.
 *
 * @throws Failure where a pattern is none
 */
export function readRedaction({ redact }: RedactOptions): Redaction {
  if (redact === false) return null;
  const own = (redact ?? []).map((text) => {
    try {
      return new RegExp(text, "gu");
    } catch (error) {
      throw usageFailure(
        `--redact "${text}" is no regular expression: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  });
  return [...own, ...SECRETS];
}
