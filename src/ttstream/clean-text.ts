/** Escape sequences of terminals, a bracket of an arrow as JSON encoders escape it, and a line end of Windows. */
// biome-ignore lint/complexity/useRegexLiterals: a literal would hold a raw escape character
const NOISE = new RegExp(
  "\\u001b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?|[@-Z\\\\^_])|\\\\u003[ce]|\\r\\n",
  "g",
);

/** What stands in the place of noise that means something; nothing for the rest. */
const MEANING: Readonly<Record<string, string>> = { "\\u003e": ">", "\\u003c": "<", "\r\n": "\n" };

/** True for a text that {@link cleanText} may change. */
export function holdsNoise(text: string): boolean {
  return text.includes("\u001b") || text.includes("\\u003") || text.includes("\r\n");
}

/**
 * Prepares a text for the parsers: escape sequences of terminals go, an arrow that a JSON encoder escaped (`\u003e`) comes back, CR LF
 * becomes LF (docs/protocol.md#ttstream-text).
 */
export function cleanText(text: string): string {
  if (!holdsNoise(text)) return text;
  return text.replace(NOISE, (noise) => MEANING[noise] ?? "");
}
