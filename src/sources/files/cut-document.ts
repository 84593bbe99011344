/** A JSON document that ends in the middle -> what of it is whole. */
import { behindString } from "../formats/json-text.ts";

/** How many values that were open at the cut are tried without what stood in them, the innermost first. */
const MAX_TRIES = 8;

/**
 * The document up to a value in it that is whole, with what is open there closed: first up to the last one, then without the innermost value that
 * was cut, and so on outwards. Not where only the outermost object was cut, which is a line like others. `text`: valid JSON as far as it goes.
 */
export function* closedDocuments(text: string): Generator<string> {
  const closing: string[] = [];
  /** For each value that is open, the end of what is whole in it; 0: nothing is. */
  const ends: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"') {
      const end = behindString(text, at);
      if (end < 0) break;
      at = end - 1;
    } else if (sign === "{" || sign === "[") {
      closing.push(sign === "{" ? "}" : "]");
      ends.push(0);
    } else if (sign === "}" || sign === "]") {
      closing.pop();
      ends.pop();
      ends[ends.length - 1] = at + 1;
    } else if (sign === ",") ends[ends.length - 1] = at;
  }
  let tries = MAX_TRIES;
  for (let depth = ends.length; depth > 0 && tries > 0; depth -= 1) {
    const end = ends[depth - 1] as number;
    if (end === 0 || (depth === 1 && closing[0] === "}")) continue;
    tries -= 1;
    yield text.slice(0, end) + closing.slice(0, depth).reverse().join("");
  }
}
