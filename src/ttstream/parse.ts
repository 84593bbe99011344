/**
 * Text to fields, in two strengths.
 *
 * {@link parse} is the exact opposite of `format`: the whole text is one error. {@link findTtstreamErrors} reads what people have: log
 * lines with words around the error, errors inside errors, escape sequences and cut ends.
 */
import { factsOfCode } from "./codes.ts";
import type { TtstreamError } from "./format.ts";
import { MARKER } from "./format.ts";
import { type Head, readHead } from "./head.ts";
import { type Found, findErrors, type Grammar } from "./nesting.ts";

/** The fields of a found error that stand in its groups. */
export type TtstreamGroups = Omit<TtstreamError, "message"> & Pick<Head, "cutSide">;

/**
 * Parses a text that is one ttstream error and nothing else. Null where it is not.
 *
 * `parse(format(x))` equals x for names without `,`, ` -> ` and `] ` and messages that begin neither with `[` nor with `-> `; those
 * cannot be told apart in the text.
 */
export function parse(text: string): TtstreamError | null {
  const head: Head | null = readHead(text, 0, text.length, false);
  if (head === null) return null;
  return { code: head.code, side: head.side, path: head.path, message: text.slice(head.messageAt) };
}

/** The ttstream grammar for {@link findErrors}. */
export const ttstreamGrammar: Grammar<TtstreamGroups> = {
  marker: MARKER,
  readHead(text, at, end) {
    const head = readHead(text, at, end);
    if (head === null) return null;
    const { code, side, path, messageAt, truncated, cutSide } = head;
    const fields = cutSide === undefined ? { code, side, path } : { code, side, path, cutSide };
    return { fields, messageAt, truncated };
  },
};

/** Finds every ttstream error in a text that {@link cleanText} has been through. */
export function findTtstreamErrors(text: string): Found<TtstreamGroups>[] {
  return findErrors(text, [ttstreamGrammar]);
}

/** True where a message is the beginning of its code's standard sentence and no more: a logger cut it. */
export function isCutSentence(code: number, message: string): boolean {
  const sentence = factsOfCode(code)?.sentence;
  return sentence !== undefined && message !== "" && message.length < sentence.length && sentence.startsWith(message);
}
