import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import {
  EXPLAIN_HELP,
  HISTORY_HELP,
  MAIN_HELP,
  MCP_HELP,
  SCAN_HELP,
  THRIFT_HELP,
  TUI_HELP,
} from "../../src/cli/help.ts";
import { longFlagOf, OPTIONS } from "../../src/cli/options/table.ts";

const root = resolve(import.meta.dirname, "../..");
const pages = globSync("{*.md,docs/**/*.md}", { cwd: root });
const COMMANDS = ["scan", "tui", "explain", "demo", "thrift", "history", "mcp", "licences"];
/** Options that every command has. */
const COMMON = ["--help", "--version"];

/** What is written as a call of the program: `streamscope COMMAND WORDS`, to the end of the line, of the code or of the pipe's part. */
function callsIn(text: string): { readonly command: string; readonly words: string }[] {
  const code = [...text.matchAll(/^```[a-z]*\n([\s\S]*?)^```$/gm), ...text.matchAll(/`(streamscope [^`\n]+)`/g)];
  return code.flatMap(([, body]) =>
    [...(body as string).matchAll(/\bstreamscope (?:-- )?([a-z]+)\b([^\n|;)]*)/g)].map(([, command, words]) => ({
      command: command as string,
      words: words as string,
    })),
  );
}

function unknownIn({ command, words }: { readonly command: string; readonly words: string }): string[] {
  // What stands behind some blanks explains the call
  const [call = ""] = words.replace(/'[^']*'/g, "''").split(/ {3,}|#/);
  return [...call.matchAll(/(?<=^|\s)--[a-z][a-z-]+/g)]
    .map(([flag]) => flag)
    .filter(
      (flag) =>
        !COMMON.includes(flag) &&
        !OPTIONS.some((row) => longFlagOf(row) === flag && (row.commands as readonly string[]).includes(command)),
    );
}

describe("a call of the program that stands in a document", () => {
  const texts = [
    ...pages.map((path) => [path, readFileSync(join(root, path), "utf8")] as const),
    [
      "--help",
      `\`\`\`\n${MAIN_HELP}${SCAN_HELP}${EXPLAIN_HELP}${TUI_HELP}${THRIFT_HELP}${HISTORY_HELP}${MCP_HELP}\`\`\`\n`,
    ] as const,
  ];

  it("has a command and options that exist", () => {
    const wrong: string[] = [];
    let seen = 0;
    for (const [path, text] of texts)
      for (const call of callsIn(text)) {
        if (!COMMANDS.includes(call.command)) continue;
        seen += 1;
        for (const flag of unknownIn(call)) wrong.push(`${path}: streamscope ${call.command} ${flag}`);
      }
    expect(wrong).toEqual([]);
    expect(seen).toBeGreaterThan(60);
  });

  it("names every option that there is somewhere", () => {
    const all = texts.map(([, text]) => text).join("\n");
    expect(OPTIONS.map(longFlagOf).filter((flag) => !all.includes(flag))).toEqual([]);
  });
});
