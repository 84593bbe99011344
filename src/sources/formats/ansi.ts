/**
 * Terminal escape sequences: CSI (colours), OSC (links, titles), two-byte ones. Every character is looked at once; `stripVTControlCharacters`
 * of node:util needs seconds for 200 kB of sequences that do not end. Of a title that has no end only its sign is taken out: nobody knows where the
 * line goes on.
 */
const SEQUENCE = new RegExp(
  ["\\u001b(?:\\[[0-?]*[ -/]*[@-~]", "\\](?:[^\\u0007\\u001b\\n]*(?:\\u0007|\\u001b\\\\)|\\d*;?)", "[@-Z\\\\^_])"].join(
    "|",
  ),
  "g",
);

/** Takes escape sequences of terminals out of a text. Costs nothing for a text that has none. */
export function stripAnsi(text: string): string {
  return text.includes("\u001b") ? text.replace(SEQUENCE, "") : text;
}
