// biome-ignore lint/complexity/useRegexLiterals: a literal would hold a raw escape character
const CSI = new RegExp(
  "\\u001b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?|[@-Z\\\\^_])",
  "g",
);

/**
 * Prepares a text for the parsers: escape sequences of terminals go, an arrow that a JSON encoder escaped (`\u003e`) comes back, CR LF
 * becomes LF (docs/protocol.md#ttstream-text).
 */
export function cleanText(text: string): string {
  return text.replace(CSI, "").replaceAll("\\u003e", ">").replaceAll("\\u003c", "<").replaceAll("\r\n", "\n");
}
