/**
 * Field tables compiled to straight-line code: one property access per field, a switch over ids, an object literal at the end.
 *
 * Where a process forbids code from strings (`--disallow-code-generation-from-strings`) the caller walks the table instead: same results,
 * about a third of the speed.
 */
import type { ByteWriter } from "../wire/index.ts";
import type { AnyField } from "./field.ts";
import type { ThriftReader } from "./reader.ts";

/** A field with its name, and what a missing one gets. */
export interface Row {
  readonly name: string;
  readonly field: AnyField;
  /** The default, the zero value, or undefined for an optional field. */
  readonly fill: () => unknown;
}

/** The two halves of a struct. */
export interface Compiled {
  readonly write: (message: unknown, writer: ByteWriter) => void;
  readonly read: (reader: ThriftReader) => unknown;
}

/** What generated code may call, besides the rows. */
export interface CompileSupport {
  /** Throws for a field that must be given. */
  readonly missing: (name: string) => never;
  /** Throws for a field that must have come. */
  readonly unset: (row: Row) => never;
}

/** Compiles a table; null where code from strings is forbidden. */
export function compile(rows: readonly Row[], support: CompileSupport): Compiled | null {
  const source = `"use strict";
${rows.map((_, i) => `const row${i} = rows[${i}], type${i} = row${i}.field.type, fallback${i} = row${i}.field.fallback;`).join("\n")}
return {
write(message, writer) {
${rows.map(writeField).join("\n")}
  writer.u8(0);
},
read(reader) {
  reader.enter();
  let ${["code = 0", ...rows.map((_, i) => `v${i}`)].join(", ")};
  for (;;) {
    code = reader.u8("FieldBegin");
    if (code === 0) break;
    switch (reader.i16("FieldBegin")) {
${rows.map(readField).join("\n")}
    }
    reader.skip(code);
  }
${rows.map(fillField).join("\n")}
  reader.leave();
  return { ${rows.map(({ name }, i) => `${JSON.stringify(name)}: v${i}`).join(", ")} };
}
};`;
  try {
    const make = new Function("rows", "support", source) as (rows: readonly Row[], support: CompileSupport) => Compiled;
    return make(rows, support);
  } catch (error) {
    if (error instanceof EvalError) return null;
    throw error;
  }
}

function writeField({ name, field }: Row, i: number): string {
  const text = JSON.stringify(name);
  const absent = field.optional ? "" : ` else support.missing(${text});`;
  return `  let v${i} = message[${text}];
  if (v${i} === undefined || v${i} === null) v${i} = fallback${i};
  if (v${i} !== undefined) {
    writer.field(${field.type.code}, ${field.id});
    type${i}.write(writer, v${i}, ${text});
  }${absent}`;
}

function readField({ name, field }: Row, i: number): string {
  const { code } = field.type;
  return `      case ${field.id}:
        if (code === ${code}) { v${i} = type${i}.read(reader); continue; }
        reader.mistyped(${JSON.stringify(name)}, ${code}, code);
        break;`;
}

function fillField({ field }: Row, i: number): string {
  if (field.required) return `  if (v${i} === undefined) support.unset(row${i});`;
  return `  if (v${i} === undefined) v${i} = row${i}.fill();`;
}
