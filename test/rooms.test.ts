import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const src = resolve(import.meta.dirname, "../src");

/** Room -> the rooms it may import. A file directly under src is an entry point of the package and may know the rooms it opens. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  model: [],
  present: ["model"],
  ttstream: ["model"],
  dialects: ["model", "ttstream"],
  cascade: ["model"],
  sources: ["model"],
  runtime: ["model", "ttstream"],
  grpc: ["model", "runtime"],
  http: ["model", "ttstream", "runtime"],
  fetch: ["runtime"],
  tracer: ["model", "runtime"],
  pipeline: ["model", "dialects", "cascade", "sources", "present"],
  history: ["model", "present"],
  report: ["model", "present"],
  explain: ["model", "dialects", "ttstream"],
  owndialects: ["model", "dialects"],
  mcp: [],
  thriftgen: [],
  demo: ["model", "runtime", "http", "fetch", "tracer", "pipeline"],
  tui: ["model", "present", "report"],
  cli: [
    "model",
    "present",
    "ttstream",
    "dialects",
    "cascade",
    "sources",
    "runtime",
    "http",
    "fetch",
    "tracer",
    "pipeline",
    "history",
    "report",
    "explain",
    "owndialects",
    "mcp",
    "thriftgen",
    "demo",
    "tui",
  ],
};

/**
 * Inner room -> the inner rooms of the same room it may import; a name without an ending is a folder with all that is below it. A room that
 * stands here with one of its folders has to stand here with each of them, and with each file directly in it but its door, index.ts.
 */
const innerArrows: Readonly<Record<string, readonly string[]>> = {
  "cli/failure.ts": [],
  "cli/version.ts": ["cli/inside.ts"],
  "cli/inside.ts": [],
  "cli/terminal": ["cli/failure.ts"],
  "cli/options": ["cli/failure.ts"],
  "cli/help.ts": ["cli/options"],
  "cli/commands": ["cli/failure.ts", "cli/version.ts", "cli/inside.ts", "cli/options", "cli/terminal"],
  "cli/program.ts": ["cli/failure.ts", "cli/version.ts", "cli/terminal", "cli/options", "cli/help.ts", "cli/commands"],
  "cli/main.ts": ["cli/failure.ts", "cli/version.ts", "cli/terminal", "cli/program.ts"],
  "tui/past.ts": [],
  "tui/feed.ts": ["tui/past.ts"],
  "tui/key-table.ts": [],
  "tui/keys.ts": ["tui/key-table.ts"],
  "tui/input.ts": [],
  "tui/window.ts": [],
  "tui/theme.ts": [],
  "tui/line.ts": ["tui/theme.ts"],
  "tui/paint.ts": ["tui/theme.ts", "tui/line.ts"],
  "tui/canvas.ts": [],
  "tui/state": [
    "tui/past.ts",
    "tui/feed.ts",
    "tui/keys.ts",
    "tui/input.ts",
    "tui/window.ts",
    "tui/theme.ts",
    "tui/line.ts",
  ],
  "tui/scenes": ["tui/past.ts", "tui/feed.ts", "tui/theme.ts", "tui/line.ts", "tui/state"],
  "tui/screen.ts": ["tui/past.ts", "tui/feed.ts", "tui/theme.ts", "tui/line.ts", "tui/state", "tui/scenes"],
  "tui/size-store.ts": ["tui/scenes"],
  "tui/clipboard.ts": [],
  "tui/editor.ts": [],
  "tui/take-away.ts": ["tui/feed.ts", "tui/state", "tui/scenes"],
  "tui/outside.ts": [
    ...["tui/feed.ts", "tui/clipboard.ts", "tui/editor.ts", "tui/take-away.ts", "tui/state", "tui/scenes"],
  ],
  "tui/widgets": ["tui/window.ts", "tui/theme.ts", "tui/line.ts"],
  "tui/views": [
    ...["tui/past.ts", "tui/feed.ts", "tui/keys.ts", "tui/window.ts", "tui/theme.ts", "tui/line.ts"],
    ...["tui/state", "tui/scenes", "tui/widgets"],
  ],
  "tui/app.ts": [
    ...["tui/feed.ts", "tui/input.ts", "tui/theme.ts", "tui/paint.ts", "tui/canvas.ts", "tui/size-store.ts"],
    ...["tui/outside.ts", "tui/state", "tui/scenes", "tui/screen.ts", "tui/views"],
  ],
  "tui/background.ts": [],
  "tui/ask-background.ts": ["tui/background.ts"],
  "tui/mouse.ts": ["tui/input.ts"],
  "tui/start.ts": [
    ...["tui/feed.ts", "tui/input.ts", "tui/mouse.ts", "tui/theme.ts", "tui/canvas.ts", "tui/size-store.ts"],
    "tui/app.ts",
  ],
  "sources/diagnostics.ts": [],
  "sources/formats": [],
  "sources/scan": ["sources/formats", "sources/diagnostics.ts"],
  "sources/files": ["sources/formats", "sources/scan", "sources/diagnostics.ts"],
  "sources/tail": ["sources/formats", "sources/scan", "sources/files", "sources/diagnostics.ts"],
  "sources/kubectl": [],
  "sources/retry-after.ts": [],
  "sources/http-module.ts": [],
  "sources/outbox": ["sources/http-module.ts", "sources/retry-after.ts"],
  "sources/stores": ["sources/formats", "sources/diagnostics.ts", "sources/http-module.ts", "sources/retry-after.ts"],
  "sources/otlp/protobuf": ["sources/formats", "sources/scan"],
  "sources/otlp/sampling": ["sources/formats", "sources/otlp/protobuf"],
  "sources/otlp/server": ["sources/formats", "sources/outbox", "sources/otlp/sampling"],
  "runtime/async-context.ts": [],
  "runtime/clock.ts": ["runtime/async-context.ts"],
  "runtime/checks.ts": [],
  "runtime/request-source.ts": [],
  "runtime/wire": [],
  "runtime/errors": [],
  "runtime/seams": ["runtime/errors"],
  "runtime/metadata.ts": ["runtime/wire"],
  "runtime/thrift": ["runtime/wire", "runtime/seams"],
  "runtime/service.ts": ["runtime/wire", "runtime/thrift"],
  "runtime/stream": ["runtime/wire", "runtime/errors", "runtime/thrift"],
  "runtime/connection": ["runtime/checks.ts", "runtime/wire", "runtime/errors", "runtime/stream"],
  "runtime/transport": ["runtime/async-context.ts", "runtime/clock.ts", "runtime/connection"],
  "runtime/cancel": ["runtime/clock.ts", "runtime/wire", "runtime/errors", "runtime/seams", "runtime/metadata.ts"],
  "runtime/bridge": [
    ...["runtime/async-context.ts", "runtime/clock.ts", "runtime/wire", "runtime/errors", "runtime/seams"],
    ...["runtime/checks.ts", "runtime/metadata.ts", "runtime/request-source.ts", "runtime/cancel"],
  ],
  "runtime/client": [
    ...["runtime/async-context.ts", "runtime/checks.ts", "runtime/clock.ts", "runtime/wire", "runtime/errors"],
    ...["runtime/request-source.ts", "runtime/seams"],
    ...["runtime/metadata.ts", "runtime/thrift", "runtime/service.ts", "runtime/stream", "runtime/connection"],
    ...["runtime/transport", "runtime/cancel"],
  ],
  "runtime/server": [
    ...["runtime/checks.ts", "runtime/clock.ts", "runtime/wire", "runtime/errors", "runtime/seams"],
    ...[
      "runtime/metadata.ts",
      "runtime/thrift",
      "runtime/service.ts",
      "runtime/stream",
      "runtime/connection",
      "runtime/transport",
    ],
    ...["runtime/cancel"],
  ],
};

/** Packages that belong to one room only; a trailing slash means the whole scope. */
const packages: Readonly<Record<string, readonly string[]>> = {
  ink: ["tui"],
  react: ["tui"],
  commander: ["cli"],
  "string-width": ["present"],
  "@modelcontextprotocol/": ["mcp"],
  zod: ["mcp"],
  "@lancewuz/thrift-parser": ["thriftgen"],
  "jsonc-parser": ["owndialects"],
  re2js: ["present", "owndialects", "cli"],
  "@opentelemetry/": ["tracer", "demo"],
  "@grpc/": ["grpc"],
};

/** What needs an operating system, and the files that may. Rooms not named here are pure. */
const systemRooms = new Set([
  "mcp",
  "history",
  "sources",
  "cli",
  "tui",
  "runtime",
  "grpc",
  "http",
  "fetch",
  "tracer",
  "demo",
  "thriftgen",
]);

/** What every entry point loads first. */
const FIRST = "../needs-node.ts";

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const path = relative(src, file);
  const room = path.includes("/") ? (path.split("/")[0] as string) : "";
  const targets = [...text.matchAll(/(?:^|[\s;}])(?:from\s*|import\s*\(?\s*)"([^"]+)"/g)].map(
    (match) => match[1] as string,
  );
  return targets.map((target) => ({ file: path, room, target }));
}

const imports = sourceFiles(src).flatMap(importsOf);

/** The file that is imported, below src; null for a package. */
function targetOf(from: Import): string | null {
  return from.target.startsWith(".") ? relative(src, resolve(dirname(join(src, from.file)), from.target)) : null;
}

function roomOf(from: Import): string | null {
  const path = targetOf(from);
  if (path === null) return null;
  return path.includes("/") ? (path.split("/")[0] as string) : "";
}

/** The inner room that a file stands in; null where the table has none for it. */
function innerRoomOf(path: string): string | null {
  const names = Object.keys(innerArrows).filter((name) => path === name || path.startsWith(`${name}/`));
  return names.reduce<string | null>((longest, name) => (name.length > (longest?.length ?? 0) ? name : longest), null);
}

describe("the rooms of src", () => {
  it("reads imports at all", () => {
    expect(imports.length).toBeGreaterThan(20);
  });

  it("have only the arrows that ARCHITECTURE.md allows", () => {
    const forbidden = imports.filter((each) => {
      const target = roomOf(each);
      if (target === null || target === each.room || each.room === "" || each.target === FIRST) return false;
      return !(arrows[each.room] ?? []).includes(target);
    });
    expect(forbidden.map((each) => `${each.file} -> ${each.target}`)).toEqual([]);
  });

  it("enter each other only through the door, index.ts", () => {
    const around = imports.filter((each) => {
      const target = roomOf(each);
      if (target === null || target === each.room || target === "") return false;
      return !/\/index\.tsx?$/.test(each.target);
    });
    expect(around.map((each) => `${each.file} -> ${each.target}`)).toEqual([]);
  });

  it("have only the inner arrows that the table allows", () => {
    const held = new Set(Object.keys(innerArrows).map((name) => name.split("/")[0] as string));
    const files = sourceFiles(src).map((file) => relative(src, file));
    const homeless = files.filter(
      (file) =>
        held.has(file.split("/")[0] as string) && !/^[^/]+\/index\.tsx?$/.test(file) && innerRoomOf(file) === null,
    );
    expect(homeless).toEqual([]);
    const forbidden = imports.filter((each) => {
      const from = innerRoomOf(each.file);
      const target = targetOf(each);
      if (from === null || target === null || roomOf(each) !== each.room) return false;
      const to = innerRoomOf(target);
      return to !== from && (to === null || !(innerArrows[from] ?? []).includes(to));
    });
    expect(forbidden.map((each) => `${each.file} -> ${each.target}`)).toEqual([]);
  });

  it("have inner arrows that never lead back", () => {
    const leadsBack = (name: string, path: readonly string[]): boolean =>
      path.includes(name) || (innerArrows[name] ?? []).some((next) => leadsBack(next, [...path, name]));
    expect(Object.keys(innerArrows).filter((name) => leadsBack(name, []))).toEqual([]);
    const unknown = Object.values(innerArrows)
      .flat()
      .filter((name) => innerArrows[name] === undefined);
    expect(unknown).toEqual([]);
  });

  it("have no circles of files that import each other", () => {
    const below = new Map<string, string[]>();
    for (const each of imports) {
      const target = targetOf(each);
      if (target !== null) below.set(each.file, [...(below.get(each.file) ?? []), target]);
    }
    const done = new Set<string>();
    const circles: string[] = [];
    const walk = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
      if (path.includes(file) || done.has(file)) return;
      for (const target of below.get(file) ?? []) walk(target, [...path, file]);
      done.add(file);
    };
    for (const file of below.keys()) walk(file, []);
    expect(circles).toEqual([]);
  });

  it("keep each outside package in its own room", () => {
    const strays = imports.filter((each) => {
      const owner = Object.entries(packages).find(
        ([name]) => each.target === name || each.target.startsWith(name.endsWith("/") ? name : `${name}/`),
      );
      return owner !== undefined && !owner[1].includes(each.room);
    });
    expect(strays.map((each) => `${each.file} -> ${each.target}`)).toEqual([]);
  });

  it("let only rooms with I/O import Node's modules", () => {
    const impure = imports.filter(
      (each) => each.target.startsWith("node:") && each.room !== "" && !systemRooms.has(each.room),
    );
    expect(impure.map((each) => `${each.file} -> ${each.target}`)).toEqual([]);
  });

  it("have no default exports and no room called utils", () => {
    const files = sourceFiles(src);
    expect(files.filter((file) => /^export default/m.test(readFileSync(file, "utf8")))).toEqual([]);
    expect(files.filter((file) => /\/(utils|common|helpers|misc|types)(\/|\.tsx?$)/.test(file))).toEqual([]);
  });
});
