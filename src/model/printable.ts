/**
 * Text for a terminal.
 *
 * Everything that was read from a log, a file name or an argument may have been written by somebody hostile. Printed as it is, it could
 * move the cursor, change the title, answer a query on the user's behalf, or swap the order in which a line reads. {@link printable} is
 * the one gate: what has an effect instead of a shape becomes an escape that everybody can see.
 */

/**
 * C0 and C1 controls, DEL, the Arabic letter mark, zero-width and direction marks, line and paragraph separators, bidirectional
 * embeddings, overrides and isolates, invisible operators, the byte order mark, interlinear annotations, tags and lone surrogates.
 */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Makes any text safe to print on one line of a terminal: whatever would act instead of showing is written as an escape such as `\x1b`,
 * `\u202e` or `\n`. Printable text, of any script, comes back unchanged. The result is for eyes; it cannot be turned back.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, escapeUnit);
}

function escapeUnit(unit: string): string {
  const short = SHORT[unit];
  if (short !== undefined) return short;
  const code = unit.codePointAt(0) as number;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, "0")}` : `\\u{${code.toString(16)}}`;
}
