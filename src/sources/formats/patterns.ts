/** The patterns by which lines are found that matter. */

/** Lines with these words are read whatever the prefilter says: every span of an OTLP request matters. */
export const OTLP_PATTERNS: readonly string[] = ["resourceSpans", "resource_spans", "resourceLogs", "resource_logs"];

/** Leaves out patterns that cannot add a hit because they contain another one. */
export function shortestPatterns(patterns: readonly string[]): string[] {
  const unique = [...new Set(patterns)].filter((pattern) => pattern !== "");
  return unique.filter((pattern) => !unique.some((other) => other !== pattern && pattern.includes(other)));
}
