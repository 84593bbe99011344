/**
 * The text of one .thrift file to the parser's document.
 *
 * The parser is used through its parts, because its `parse` prints what is wrong to stdout.
 */
import {
  type Comment,
  createParser,
  createScanner,
  SyntaxType,
  type ThriftDocument,
  type ThriftError,
  type Token,
} from "@lancewuz/thrift-parser";
import { IdlError } from "./idl-error.ts";

/** Parses a file. Throws IdlError where it is no thrift. */
export function parseDocument(file: string, text: string): ThriftDocument {
  let first: Token | undefined;
  const report = (error: ThriftError): never => {
    // Where the very first word is wrong the parser fails over its own message, and has no place.
    const place = error.loc as ThriftError["loc"] | undefined;
    if (place !== undefined) throw new IdlError(file, place.start.line, error.message);
    throw new IdlError(file, first?.loc.start.line ?? null, `Invalid start to Thrift statement ${first?.text ?? ""}`);
  };
  const unsupported = /^[ \t]*senum\b/m.exec(text);
  if (unsupported !== null) {
    const line = text.slice(0, unsupported.index).split("\n").length;
    throw new IdlError(file, line, "senum is not supported");
  }
  // Namespaces are for other languages, and the scanner does not know the star.
  const known = text.replace(/^([ \t]*)namespace[ \t]+\*.*/gm, "$1");
  const tokens = createScanner(known, report).scan();
  first = tokens[0];
  return createParser(tokens, report).parse();
}

/** The lines of the comments that belong to a node: the last one before it, and one behind it on its line. */
export function docOf(comments: readonly Comment[], line: number): readonly string[] {
  const lines: string[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const comment of comments) {
    const { start, end: last } = comment.loc;
    // A gap parts a comment from what stands further above: a licence, a heading.
    if (start.line > end + 1) lines.length = 0;
    const value = comment.type === SyntaxType.CommentBlock ? comment.value : [comment.value];
    lines.push(
      ...value.map((each) =>
        each
          .trim()
          .replace(/^\*(?: |$)/, "")
          .replaceAll("*/", "*\\/"),
      ),
    );
    end = last.line;
  }
  if (end < line - 1) return [];
  while (lines[0] === "") lines.shift();
  while (lines.at(-1) === "") lines.pop();
  return lines;
}
