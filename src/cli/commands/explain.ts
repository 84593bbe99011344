import { createDialects } from "../../dialects/index.ts";
import { explain } from "../../explain/index.ts";
import { printable, wrap } from "../../present/index.ts";
import { EXIT, Failure, usageFailure } from "../failure.ts";
import { readOwnDialects } from "../options/dialects.ts";
import type { Output } from "../terminal/output.ts";
import { createStyles } from "../terminal/styles.ts";

/** The options of `explain`, as they stand on the command line. */
export interface ExplainOptions {
  readonly dialects?: readonly string[];
}

const MAX_BYTES = 1024 * 1024;

/**
 * Explains the text of the arguments, or of standard input. Returns the exit code.
 *
 * @throws Failure where there is no text
 */
export async function runExplain(words: readonly string[], options: ExplainOptions, stdout: Output): Promise<number> {
  const dialects = createDialects(await readOwnDialects(options.dialects));
  const fromInput = words.length === 0 || (words.length === 1 && words[0] === "-");
  if (fromInput && process.stdin.isTTY && words.length === 0) {
    throw usageFailure("explain needs an error text: streamscope explain 'TEXT' (in quotes), or a pipe into it");
  }
  const text = (fromInput ? await readInput(process.stdin) : words.join(" ")).trim();
  if (text === "") throw new Failure("there is no text to explain: it is empty", fromInput ? EXIT.noInput : EXIT.usage);

  const styles = createStyles(stdout.colour);
  const width = Math.min(stdout.columns ?? 100, 110);
  const { parts, summary } = explain(text, dialects);
  const lines: string[] = [];
  const say = (body: string, indent: string, style: (line: string) => string = (line) => line): void => {
    for (const line of wrap(printable(body), Math.max(30, width - indent.length))) lines.push(indent + style(line));
  };
  const next: string[] = [];
  for (const part of parts) {
    const indent = "  ".repeat(Math.min(part.depth, 8));
    say(part.text, indent, styles.bold);
    say(part.meaning, `${indent}    `);
    for (const each of part.next ?? []) if (!next.includes(each)) next.push(each);
  }
  if (parts.length > 0) lines.push("");
  lines.push(styles.origin("In short"));
  say(summary.charAt(0).toUpperCase() + summary.slice(1), "    ");
  if (next.length > 0) {
    lines.push("", styles.origin("Look at next"));
    for (const each of next) {
      const [first = "", ...rest] = wrap(printable(each), width - 6);
      lines.push(`  - ${first}`, ...rest.map((line) => `    ${line}`));
    }
  }
  for (const line of lines) stdout.write(`${line}\n`);
  return EXIT.done;
}

async function readInput(stream: AsyncIterable<Uint8Array | string>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    if (text.length > MAX_BYTES) break;
  }
  return text.slice(0, MAX_BYTES);
}
