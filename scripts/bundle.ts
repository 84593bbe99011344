/**
 * The bundle of the program: which entry, what is inside, and whose code that is.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type OutputChunk, type RolldownOutput } from "rolldown";
import { readVersion } from "../src/cli/version.ts";

/** The folder of the checkout. */
export const root: string = dirname(dirname(fileURLToPath(import.meta.url)));

const options: BuildOptions = {
  cwd: root,
  input: {
    main: "src/cli/main.ts",
    "demo-service": "src/demo/service-main.ts",
    "search-worker": "src/sources/scan/ahead/search-worker.ts",
    "unpack-worker": "src/sources/files/unpack-worker.ts",
    "string-width": "node_modules/string-width/index.js",
    re2js: "node_modules/re2js/build/index.js",
  },
  platform: "node",
  // Ink asks for it only when DEV is set; nobody has it.
  external: ["react-devtools-core"],
  transform: {
    define: {
      "process.env.NODE_ENV": '"production"',
      "process.env.DEV": '"false"',
      BUNDLED_VERSION: JSON.stringify(readVersion()),
    },
  },
  // One measure for all (see src/cli/terminal/lazy-width.ts); its own file for the texts that need the whole of it. So re2js.
  resolve: {
    alias: {
      "string-width": join(root, "src/cli/terminal/lazy-width.ts"),
      re2js: join(root, "src/cli/terminal/lazy-regex.ts"),
      // Its other form asks for its files at run time
      "jsonc-parser": join(root, "node_modules/jsonc-parser/lib/esm/main.js"),
    },
  },
  logLevel: "warn",
};

/** Bundles the program into a folder, or into memory where `dir` is null. */
export async function bundle(dir: string | null): Promise<RolldownOutput> {
  return await build({
    ...options,
    write: dir !== null,
    output: {
      dir: dir ?? "dist/cli",
      format: "esm",
      entryFileNames: "[name].js",
      chunkFileNames: "[name]-[hash].js",
      minify: dir !== null,
    },
  });
}

/** A package whose code is in the bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** The text of its licence file; null where it ships none. */
  readonly text: string | null;
}

/** The packages in a bundle, in order of their names. */
export function packagesIn(output: RolldownOutput): readonly BundledPackage[] {
  const folders = new Set<string>();
  for (const chunk of output.output.filter((each): each is OutputChunk => each.type === "chunk")) {
    for (const id of chunk.moduleIds) {
      const match = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll("\\", "/").replace(/^\0/, ""));
      if (match !== null) folders.add(match[1] as string);
    }
  }
  const found = [...folders].map((folder): BundledPackage => {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const { name, version, license } = manifest as { name: string; version: string; license?: string };
    const file = readdirSync(folder).find((each) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(each));
    const text =
      file === undefined || !existsSync(join(folder, file)) ? null : readFileSync(join(folder, file), "utf8");
    return { name, version, license: license ?? "see its text", text: text?.trim() ?? null };
  });
  // A package may lie in several folders in the same version.
  const distinct = new Map(found.map((each) => [`${each.name}@${each.version}`, each]));
  return [...distinct].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each);
}

/** THIRD-PARTY-NOTICES.md for the packages of a bundle. */
export function noticesDocument(packages: readonly BundledPackage[]): string {
  const parts = packages.map(({ name, version, license, text }) => {
    const body = text ?? `The package ships no licence text; its package.json names the licence: ${license}.`;
    return `## ${name} ${version}\n\nLicence: ${license}\n\n${body
      .split("\n")
      .map((line) => `    ${line.trimEnd()}`.trimEnd())
      .join("\n")}\n`;
  });
  return [
    "# Third-party notices",
    "",
    "The program `streamscope` (dist/cli) contains code of the packages below. This file is made from what the bundler",
    "put into it by `node scripts/notices.ts`; a test fails when both differ.",
    "",
    ...parts,
  ].join("\n");
}
