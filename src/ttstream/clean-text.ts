// biome-ignore lint/complexity/useRegexLiterals: a literal would hold a raw escape character
const CSI = new RegExp(
  "\\u001b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?|[@-Z\\\\^_])",
  "g",
);

/**
 * Prepares a text for the parsers: escape sequences of terminals go, an arrow that a JSON encoder escaped (`\u003e`) comes back, CR LF
 * becomes LF (docs/protocol.md#ttstream-text). Costs nothing for a text that needs none of it.
 */
export function cleanText(text: string): string {
  let clean = text;
  if (clean.includes("\u001b")) clean = clean.replace(CSI, "");
  if (clean.includes("\\u003")) clean = clean.replaceAll("\\u003e", ">").replaceAll("\\u003c", "<");
  if (clean.includes("\r\n")) clean = clean.replaceAll("\r\n", "\n");
  return clean;
}
