/**
 * Files and their names: what an identifier in a file stands for.
 */
import { basename, dirname, join } from "node:path";
import {
  type ConstDefinition,
  type EnumDefinition,
  type ExceptionDefinition,
  type ServiceDefinition,
  type StructDefinition,
  SyntaxType,
  type TypedefDefinition,
  type UnionDefinition,
} from "@lancewuz/thrift-parser";
import { parseDocument } from "./document.ts";
import { IdlError } from "./idl-error.ts";

/** A statement that gives something a name. */
export type Named =
  | ConstDefinition
  | EnumDefinition
  | ExceptionDefinition
  | ServiceDefinition
  | StructDefinition
  | TypedefDefinition
  | UnionDefinition;

/** One file. */
export interface FileScope {
  readonly file: string;
  /** By the name in front of the dot. */
  readonly includes: ReadonlyMap<string, FileScope>;
  readonly names: ReadonlyMap<string, Named>;
}

/** A name that was found, and the file it was found in. */
export interface Found {
  readonly scope: FileScope;
  readonly node: Named;
}

/** Reads a file; null where it is not there. */
export type ReadText = (file: string) => string | null;

/** Loads a file and what it includes: relative to the including file. Throws IdlError. */
export function loadScope(file: string, read: ReadText): FileScope {
  const done = new Map<string, FileScope>();
  const load = (path: string, from: { file: string; line: number } | null, above: readonly string[]): FileScope => {
    const known = done.get(path);
    if (known !== undefined) return known;
    const text = read(path);
    if (text === null) {
      throw from === null
        ? new IdlError(path, null, "the file cannot be read")
        : new IdlError(from.file, from.line, `the included file ${path} cannot be read`);
    }
    const includes = new Map<string, FileScope>();
    const names = new Map<string, Named>();
    for (const node of parseDocument(path, text).body) {
      const { line } = node.loc.start;
      if (node.type === SyntaxType.NamespaceDefinition || node.type === SyntaxType.CppIncludeDefinition) continue;
      if (node.type === SyntaxType.IncludeDefinition) {
        const target = join(dirname(path), node.path.value);
        if (target === path || above.includes(target)) throw new IdlError(path, line, `${target} includes itself`);
        includes.set(basename(target, ".thrift"), load(target, { file: path, line }, [...above, path]));
        continue;
      }
      const { value: name } = node.name;
      if (names.has(name)) throw new IdlError(path, line, `${name} is defined twice`);
      names.set(name, node);
    }
    const scope: FileScope = { file: path, includes, names };
    done.set(path, scope);
    return scope;
  };
  return load(file, null, []);
}

/** Finds `Name` in the file or `file.Name` in what it includes; null where there is none. */
export function findName(scope: FileScope, name: string): Found | null {
  const own = scope.names.get(name);
  if (own !== undefined) return { scope, node: own };
  const dot = name.indexOf(".");
  if (dot < 0) return null;
  const other = scope.includes.get(name.slice(0, dot));
  const node = other?.names.get(name.slice(dot + 1));
  return other === undefined || node === undefined ? null : { scope: other, node };
}

/** The files of a scope, included ones first, each once. */
export function filesOf(scope: FileScope, seen: Set<FileScope> = new Set()): readonly FileScope[] {
  for (const each of scope.includes.values()) if (!seen.has(each)) filesOf(each, seen);
  seen.add(scope);
  return [...seen];
}
