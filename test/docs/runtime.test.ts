import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import * as runtime from "../../src/runtime/index.ts";

const root = resolve(import.meta.dirname, "../..");
const text = readFileSync(join(root, "docs/runtime.md"), "utf8");
const snippets = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code as string);
const folder = mkdtempSync(join(tmpdir(), "streamscope-docs-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What readers of a snippet have to imagine. */
const IMAGINED = `
declare const Chat: typeof import("./snippet0.ts").Chat;
declare const chat: import("streamscope/runtime").Client<typeof Chat.methods>;
declare const server: import("streamscope/runtime").Server;
declare const someCall: import("streamscope/runtime").ServerCall;
declare const http: typeof import("node:http");
declare const requestScope: typeof import("streamscope/http").requestScope;
declare const signal: AbortSignal;
declare const target: string;
declare function think(text: string, options: { signal: AbortSignal }): AsyncIterable<string>;
declare function show(text: string): void;
declare function log(...words: unknown[]): void;
declare function retry(): void;
declare function validate(message: unknown): unknown;
declare function token(): Promise<string>;
declare const key: Buffer, cert: Buffer, ca: Buffer, callers: Buffer, ownKey: Buffer, ownCert: Buffer;
declare function work(): Promise<void>;
declare function authorize(call: unknown): Promise<void>;
declare function answer(request: unknown, response: unknown): Promise<void>;
declare function traceparent(): string;
declare function withTrace(traceparent: string | undefined, run: () => void): void;
`;

/** A snippet as a module: its own names, and those of the runtime. */
function moduleOf(code: string): string {
  const values = Object.keys(runtime).filter((name) => new RegExp(`\\b${name}\\b`).test(code));
  const types = /\bInfer\b/.test(code) ? ["type Infer"] : [];
  // A return needs a function around it; so do names that two parts of a snippet share.
  const body = /^ *return;|\breturn;/m.test(code) ? `export async function reader() {\n${code}}\n` : code;
  return `import { ${[...values, ...types].join(", ")} } from "streamscope/runtime";\n${body}`;
}

describe("docs/runtime.md", () => {
  it("shows only code that the runtime's types accept", () => {
    expect(snippets.length).toBeGreaterThan(10);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "imagined.d.ts"), IMAGINED);
    for (const [i, code] of snippets.entries()) writeFileSync(join(folder, `snippet${i}.ts`), moduleOf(code));
    const compilerOptions = {
      typeRoots: [join(root, "node_modules/@types")],
      paths: {
        "streamscope/runtime": [join(root, "src/runtime/index.ts")],
        "streamscope/http": [join(root, "src/http/index.ts")],
      },
      isolatedDeclarations: false,
      declaration: false,
      noUnusedLocals: false,
      noUnusedParameters: false,
    };
    const config = { extends: join(root, "tsconfig.json"), compilerOptions, include: ["*.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const run = () =>
      execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", folder, "--noEmit"], { encoding: "utf8" });
    let said: string;
    try {
      said = run();
    } catch (error) {
      said = (error as { stdout: string }).stdout;
    }
    expect(said).toBe("");
  });

  it("names the defaults that the runtime has", async () => {
    const { limits } = runtime.createServer({ name: "x" });
    const shown: [keyof typeof limits, string, number][] = [
      ["windowBytes", "1 MiB", 2 ** 20],
      ["streamBufferBytes", "8 MiB", 2 ** 23],
      ["writeBufferBytes", "128 KiB", 2 ** 17],
      ["maxFrameBytes", "64 MiB", 2 ** 26],
      ["maxHeaderBytes", "64 KiB", 2 ** 16],
      ["streamsPerConnection", "10,000", 10_000],
      ["handlers", "50,000", 50_000],
    ];
    for (const [name, words, value] of shown) {
      const line = text.split("\n").find((each) => each.startsWith("|") && each.includes(`\`${name}\``)) ?? "";
      expect(line).toContain(words);
      expect(limits[name]).toBe(value);
    }
  });
});
