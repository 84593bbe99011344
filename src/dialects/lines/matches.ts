/** Every match of a pattern in a text. */

const NONE: readonly RegExpExecArray[] = [];

/**
 * What `matchAll` finds; but that one makes a new pattern each time it is asked, and most lines have no match.
 *
 * @param pattern with the flag `g`; it matches no empty text
 */
export function matchesOf(pattern: RegExp, text: string): readonly RegExpExecArray[] {
  pattern.lastIndex = 0;
  const first = pattern.exec(text);
  if (first === null) return NONE;
  const found = [first];
  for (let next = pattern.exec(text); next !== null; next = pattern.exec(text)) found.push(next);
  return found;
}
