/** `--redact` and `--no-redact`: from words of a command line to what is replaced. */
import { type Redaction, SECRETS } from "../../present/index.ts";
import { usageFailure } from "../failure.ts";

/** The options, as they stand on the command line. */
export interface RedactOptions {
  /** More patterns; false: not even those that are always there. */
  readonly redact?: readonly string[] | false;
}

/**
 * Reads the options. Patterns of users are RE2's: their time grows with the text only, so no line that a sender writes can hang the program.
 *
 * @throws Failure where a pattern is none
 */
export async function readRedaction({ redact }: RedactOptions): Promise<Redaction> {
  if (redact === false) return null;
  if (redact === undefined || redact.length === 0) return SECRETS;
  // Loaded only where somebody writes one
  const { compile } = await import("../../owndialects/index.ts");
  const own = redact.map((text) => {
    const compiled = compile(text, false);
    if ("problem" in compiled) throw usageFailure(`--redact "${text}" ${compiled.problem}`);
    return compiled.pattern;
  });
  return [...own, ...SECRETS];
}
