/**
 * Characters that a page wrote as HTML entities, in a log that was copied from it: an arrow between two names, the quotes of JSON. The five
 * that HTML must escape and the forms they take; others are left alone.
 */

const ENTITY = /&(?:(gt|lt|quot|apos|amp)|#(\d{2})|#x([0-9a-f]{2}));/gi;
const NAMED: Readonly<Record<string, string>> = { gt: ">", lt: "<", quot: '"', apos: "'", amp: "&" };
const SIGN = /&(?:gt|quot|#3[49]|#x2[27]);/i;

/** Undoes one layer of entities in a text that holds one which stands for a quote or an arrow's head. */
export function undoEntities(text: string): string {
  if (!text.includes("&") || !SIGN.test(text)) return text;
  return text.replace(ENTITY, (whole, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
    return /["'<>&]/.test(String.fromCharCode(code)) ? String.fromCharCode(code) : whole;
  });
}

/** The same for a whole line. JSON that is JSON as it stands keeps them: they are its values', which are undone one by one. */
export function undoEntitiesOfLine(line: string): string {
  return /^\s*[{[]\s*(?:"|[{[]\s*")/.test(line) ? line : undoEntities(line);
}
