import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const pages = filesOf("{*.md,{docs,examples,test,tools}/**/*.md}");
const sources = filesOf("{src,test,bench,scripts,tools,examples}/**/*.{ts,tsx}");

function filesOf(pattern: string): string[] {
  const exclude = (path: string) => path.includes("node_modules");
  return globSync(pattern, { cwd: root, exclude }).filter((path) => join(root, path) !== import.meta.filename);
}

const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm;

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The anchors of a page's headings, made as GitHub makes them; code blocks have none. */
function anchorsOf(path: string): ReadonlySet<string> {
  const headings = read(path)
    .replace(/^```[\s\S]*?^```$/gm, "")
    .matchAll(/^#{1,6} (.+)$/gm);
  return new Set([...headings].map(([, text]) => anchorOf(text as string)));
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

/** Why a link leads nowhere; null for a good one. */
function whyBroken(page: string, anchor: string | undefined): string | null {
  if (!existsSync(join(root, page))) return "no such file";
  return anchor === undefined || anchorsOf(page).has(anchor) ? null : "no such heading";
}

/** The comments of a source file: blocks, and what follows `//`. */
function commentsOf(path: string): string[] {
  return read(path).match(COMMENT) ?? [];
}

/** What is left of a source file without them. */
function codeOf(path: string): string {
  return read(path).replace(COMMENT, " ");
}

describe("links to the documents", () => {
  it("lead from every comment to a heading that exists", () => {
    const broken: string[] = [];
    let seen = 0;
    for (const path of sources) {
      for (const [link, page, anchor] of commentsOf(path)
        .join("\n")
        .matchAll(/(docs\/[\w./-]+\.md)(?:#([\w-]+))?/g)) {
        seen += 1;
        const why = whyBroken(page as string, anchor);
        if (why !== null) broken.push(`${path}: ${link}: ${why}`);
      }
    }
    expect(broken).toEqual([]);
    expect(seen).toBeGreaterThan(20);
  });

  it("lead from every page to a file and a heading that exist", () => {
    const broken: string[] = [];
    for (const path of pages) {
      for (const [link, target, anchor] of read(path).matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([\w-]+))?\)/g)) {
        const page = target === "" ? path : join(dirname(path), target as string);
        const why = whyBroken(page, anchor);
        if (why !== null) broken.push(`${path}: ${link}: ${why}`);
      }
    }
    expect(broken).toEqual([]);
  });

  it("lead from every {@link} to a name that the code has", () => {
    const names = new Set(sources.flatMap((path) => codeOf(path).match(/[\w$]+/g) ?? []));
    const dangling = sources.flatMap((path) =>
      [
        ...commentsOf(path)
          .join("\n")
          .matchAll(/\{@link ([\w$]+)/g),
      ]
        .filter(([, name]) => !names.has(name as string))
        .map(([link]) => `${path}: ${link}`),
    );
    expect(dangling).toEqual([]);
  });

  it("stand for every document that a comment names", () => {
    const named = /\b[\w./-]+\.md\b/g;
    const elsewhere = [
      /\bspec(?:ification of cancel|: |\/)/,
      /\bdesign(?:: rule| section)/,
      /\bobserved(?:-grpc)? \d|\bobserved-grpc\b/,
      /cancel-semantics|ttheader-streaming \w*\s?\d/,
    ];
    const outside: string[] = [];
    for (const path of sources) {
      for (const comment of commentsOf(path)) {
        for (const [name] of comment.matchAll(named))
          if (!existsSync(join(root, name))) outside.push(`${path}: ${name}`);
        for (const words of elsewhere) {
          const match = words.exec(comment);
          if (match !== null) outside.push(`${path}: ${match[0]}`);
        }
      }
    }
    expect(outside).toEqual([]);
  });
});
