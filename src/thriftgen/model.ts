/**
 * A thrift program as the generator sees it: names resolved across files, typedefs looked through, comments attached.
 */

/** A type as it is used by a field. */
export type TypeRef =
  | { readonly is: "base"; readonly name: BaseName }
  | { readonly is: "list" | "set"; readonly element: TypeRef }
  | { readonly is: "map"; readonly key: TypeRef; readonly value: TypeRef }
  | { readonly is: "struct"; readonly of: StructDef }
  | { readonly is: "enum"; readonly of: EnumDef }
  /** A name for another type. */
  | { readonly is: "typedef"; readonly of: TypedefDef };

/** The types without a definition. */
export type BaseName = "bool" | "i8" | "i16" | "i32" | "i64" | "double" | "string" | "binary";

/** A constant value, checked against its type. */
export type Value =
  | { readonly is: "boolean"; readonly value: boolean }
  | { readonly is: "number"; readonly text: string }
  | { readonly is: "bigint"; readonly value: bigint }
  | { readonly is: "string" | "binary"; readonly value: string }
  | { readonly is: "member"; readonly of: EnumDef; readonly name: string }
  | { readonly is: "list" | "set"; readonly items: readonly Value[] }
  | { readonly is: "map"; readonly entries: readonly (readonly [Value, Value])[] }
  | { readonly is: "struct"; readonly of: StructDef; readonly fields: readonly (readonly [string, Value])[] };

/** What every definition has. */
interface Definition {
  /** Its name in TypeScript, unique in the program. */
  readonly name: string;
  /** Lines of its comment. */
  readonly doc: readonly string[];
}

/** A field of a struct. */
export interface FieldDef {
  /** Its name in TypeScript. */
  readonly name: string;
  readonly id: number;
  readonly type: TypeRef;
  readonly optional: boolean;
  readonly required: boolean;
  readonly fallback: Value | null;
  readonly doc: readonly string[];
}

/** A struct, union or exception. Its fields are filled in when all names are known. */
export interface StructDef extends Definition {
  readonly is: "struct" | "union" | "exception";
  fields: readonly FieldDef[];
}

export interface EnumDef extends Definition {
  readonly is: "enum";
  readonly members: readonly { readonly name: string; readonly value: number; readonly doc: readonly string[] }[];
}

export interface TypedefDef extends Definition {
  readonly is: "typedef";
  target: TypeRef;
}

export interface ConstDef extends Definition {
  readonly is: "const";
  readonly type: TypeRef;
  readonly value: Value;
}

/** How many messages go each way, by the name of the runtime's function. */
export type MethodShape = "unary" | "serverStreaming" | "clientStreaming" | "bidiStreaming";

export interface MethodDef {
  readonly name: string;
  /** Its name in the IDL: what travels. */
  readonly wireName: string;
  readonly shape: MethodShape;
  readonly request: StructDef;
  readonly response: StructDef;
  readonly doc: readonly string[];
}

export interface ServiceDef extends Definition {
  readonly is: "service";
  readonly wireName: string;
  methods: readonly MethodDef[];
}

/** All definitions of a file and of what it includes, includes first. */
export interface Program {
  readonly file: string;
  readonly definitions: readonly (StructDef | EnumDef | TypedefDef | ConstDef | ServiceDef)[];
  /** What was left out, as `file:line: …`. */
  readonly notes: readonly string[];
}

/** The type behind typedefs. */
export function plain(type: TypeRef): Exclude<TypeRef, { readonly is: "typedef" }> {
  let seen = type;
  while (seen.is === "typedef") seen = seen.of.target;
  return seen;
}
