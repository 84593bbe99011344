/**
 * Words of a search: all of them must stand in a text, `canc*` as the beginning of a word; several in quotes (or joined by signs, as in
 * `peer-close`) must stand together. FTS5 answers that from an index; where it is not there {@link holdsWords} reads the texts. Both
 * divide texts as the tokenizer unicode61 does (https://sqlite.org/fts5.html#unicode61_tokenizer).
 */

/** Words that must stand together, in lower case. */
export interface Phrase {
  readonly words: readonly string[];
  /** True where the last of them may go on. */
  readonly open: boolean;
}

/** What is looked for: each of the phrases. */
export type Search = readonly Phrase[];

const PART = /"([^"]*)"?|[^\s"]+/g;
const WORD = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{Co}\p{M}]*/gu;

/** Reads a search; empty where the text holds no word. */
export function parseSearch(text: string): Search {
  return [...text.matchAll(PART)]
    .map(
      ([part, quoted]): Phrase => ({
        words: wordsOf(quoted ?? part),
        open: quoted === undefined && part.endsWith("*"),
      }),
    )
    .filter(({ words }) => words.length > 0);
}

/** The same as FTS5 writes it. */
export function matchOf(search: Search): string {
  return search.map(({ words, open }) => `"${words.join(" ")}"${open ? " *" : ""}`).join(" AND ");
}

/** Whether a text holds what is looked for. */
export function holdsWords(text: string, search: Search): boolean {
  const all = ` ${wordsOf(text).join(" ")} `;
  return search.every(({ words, open }) => all.includes(` ${words.join(" ")}${open ? "" : " "}`));
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(WORD) ?? [];
}
