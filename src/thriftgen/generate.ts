/**
 * A program as TypeScript. Pure: the same program always gives the same text. One field, method or member stands on a line, however long;
 * the module tells formatters and linters to leave it alone.
 */
import {
  type ConstDef,
  type EnumDef,
  type FieldDef,
  type Program,
  plain,
  type ServiceDef,
  type StructDef,
  type TypeRef,
  type Value,
} from "./model.ts";

/** The text of the module. */
export function generate(program: Program, source: string): string {
  return new Generator().module(program, source);
}

class Generator {
  /** What the module imports from the runtime. */
  readonly #imports = new Set<string>();
  /** Structs whose constant stands above. */
  readonly #ready = new Set<StructDef>();
  readonly #started = new Set<StructDef>();
  readonly #blocks: string[] = [];

  module({ definitions }: Program, source: string): string {
    for (const def of definitions) if (def.is === "enum") this.#enum(def);
    for (const def of definitions) {
      if (def.is === "typedef")
        this.#blocks.push(`${docComment(def.doc)}export type ${def.name} = ${this.#type(def.target)};`);
    }
    for (const def of definitions) {
      if (def.is === "struct" || def.is === "union" || def.is === "exception") this.#struct(def);
    }
    for (const def of definitions) if (def.is === "const") this.#const(def);
    for (const def of definitions) if (def.is === "service") this.#service(def);
    const head = [`// Made from ${source} by \`streamscope thrift\`. Do not edit.`, ...IGNORE, ...this.#importLines()];
    return `${[head.join("\n"), ...this.#blocks].join("\n\n")}\n`;
  }

  #importLines(): readonly string[] {
    if (this.#imports.size === 0) return [];
    const names = [...this.#imports].sort().map((name) => (/^[A-Z]/.test(name) ? `type ${name}` : name));
    return [`import { ${names.join(", ")} } from "streamscope/runtime";`];
  }

  #use(name: string): string {
    this.#imports.add(name);
    return name;
  }

  #enum({ name, doc, members }: EnumDef): void {
    const lines = members.map((each) => `${docComment(each.doc, 2)}  ${each.name}: ${each.value},`);
    const body = lines.length === 0 ? "{}" : `{\n${lines.join("\n")}\n}`;
    this.#blocks.push(
      `${docComment(doc)}export const ${name} = ${body} as const;\nexport type ${name} = (typeof ${name})[keyof typeof ${name}];`,
    );
  }

  /** A struct, after those it needs. Where two need each other, one refers to the other by a function. */
  #struct(def: StructDef): void {
    if (this.#started.has(def)) return;
    this.#started.add(def);
    for (const { type } of def.fields) for (const needed of structsIn(type)) this.#struct(needed);
    const fields = def.fields.map((each) => [each.name, this.#field(def, each)] as const);
    const optional = (each: FieldDef) => each.optional || this.#endless(def, each);
    const members = def.fields.map((each) => {
      const text = this.#type(each.type);
      const member = optional(each) ? `${each.name}?: ${text} | undefined` : `${each.name}: ${text}`;
      return `${docComment(each.doc, 2)}  ${member};`;
    });
    const doc = def.is === "union" ? [...def.doc, "A union: one field is set."] : def.doc;
    const { name } = def;
    const type =
      members.length === 0
        ? `export type ${name} = Record<never, never>;`
        : `export interface ${name} {\n${members.join("\n")}\n}`;
    const table = fields.map(([key, value]) => `  ${key}: ${value},\n`).join("");
    const made = `${this.#use("struct")}({${table === "" ? "" : `\n${table}`}});`;
    this.#blocks.push(`${docComment(doc)}${type}\nexport const ${name}: ${this.#use("Struct")}<${name}> = ${made}`);
    this.#ready.add(def);
  }

  #field(def: StructDef, field: FieldDef): string {
    const rules: string[] = [];
    if (field.optional || this.#endless(def, field)) rules.push("optional: true");
    if (field.required) rules.push("required: true");
    if (field.fallback !== null) rules.push(`default: ${this.#value(field.fallback)}`);
    const items = [String(field.id), this.#codec(field.type), ...(rules.length === 0 ? [] : [braces(rules)])];
    return `${this.#use("field")}(${items.join(", ")})`;
  }

  /** A struct that must hold another of itself could never be written: in Go such a field is a pointer and may be nil. */
  #endless(def: StructDef, { type, required }: FieldDef): boolean {
    const target = plain(type);
    return !required && target.is === "struct" && holds(target.of, def, new Set());
  }

  /** The type in TypeScript. */
  #type(type: TypeRef): string {
    switch (type.is) {
      case "base":
        return TYPES[type.name];
      case "list": {
        const element = this.#type(type.element);
        return `${element}[]`;
      }
      case "set":
        return `Set<${this.#type(type.element)}>`;
      case "map":
        return `Map<${this.#type(type.key)}, ${this.#type(type.value)}>`;
      default:
        return type.of.name;
    }
  }

  /** The type as a value of the runtime. */
  #codec(type: TypeRef): string {
    const target = plain(type);
    const t = this.#use("t");
    switch (target.is) {
      case "base":
        return `${t}.${target.name}`;
      case "list":
      case "set":
        return `${t}.${target.is}(${this.#codec(target.element)})`;
      case "map":
        return `${t}.map(${this.#codec(target.key)}, ${this.#codec(target.value)})`;
      case "enum":
        return `${t}.i32 as ${this.#use("ThriftType")}<${target.of.name}>`;
      default:
        return this.#ready.has(target.of) ? `${target.of.name}.type` : `${t}.recursive(() => ${target.of.name}.type)`;
    }
  }

  #value(value: Value): string {
    switch (value.is) {
      case "boolean":
        return String(value.value);
      case "number":
        return value.text;
      case "bigint":
        return `${value.value}n`;
      case "string":
        return JSON.stringify(value.value);
      case "binary":
        return `Buffer.from(${JSON.stringify(value.value)})`;
      case "member":
        return `${value.of.name}.${value.name}`;
      case "list":
        return this.#list(value.items);
      case "set":
        return `new Set(${value.items.length === 0 ? "" : this.#list(value.items)})`;
      case "map": {
        const entries = value.entries.map((pair) => this.#list(pair));
        return `new Map(${entries.length === 0 ? "" : `[${entries.join(", ")}]`})`;
      }
      default: {
        const fields = value.fields.map(([name, each]) => `${name}: ${this.#value(each)}`);
        return `${value.of.name}.create(${fields.length === 0 ? "" : braces(fields)})`;
      }
    }
  }

  #list(values: readonly Value[]): string {
    return `[${values.map((each) => this.#value(each)).join(", ")}]`;
  }

  #const({ name, doc, type, value }: ConstDef): void {
    this.#blocks.push(`${docComment(doc)}export const ${name}: ${this.#type(type)} = ${this.#value(value)};`);
  }

  #service({ name, wireName, doc, methods }: ServiceDef): void {
    const types = methods.map((each) => {
      const args = `"${each.shape}", ${each.request.name}, ${each.response.name}`;
      return `${docComment(each.doc, 2)}  readonly ${each.name}: ${this.#use("Method")}<${args}>;\n`;
    });
    const entries = methods.map((each) => {
      const codecs = braces([`request: ${each.request.name}`, `response: ${each.response.name}`]);
      return `  ${each.name}: ${this.#use(each.shape)}(${JSON.stringify(each.wireName)}, ${codecs}),\n`;
    });
    const group = (lines: readonly string[]) => (lines.length === 0 ? "{}" : `{\n${lines.join("")}}`);
    const methodsName = `${name}Methods`;
    const methodTypes = types.length === 0 ? "Record<never, never>" : group(types);
    this.#blocks.push(`/** The methods of {@link ${name}}. */\nexport type ${methodsName} = ${methodTypes};`);
    const made = `${this.#use("defineService")}(${JSON.stringify(wireName)}, ${group(entries)});`;
    this.#blocks.push(`${docComment(doc)}export const ${name}: ${this.#use("Service")}<${methodsName}> = ${made}`);
  }
}

/** What the common linters and formatters of TypeScript read as: not mine. */
const IGNORE: readonly string[] = [
  ...["format", "lint", "assist"].map((part) => `// biome-ignore-all ${part}: made by a program`),
  "/* eslint-disable */",
];

const TYPES = {
  bool: "boolean",
  i8: "number",
  i16: "number",
  i32: "number",
  i64: "bigint",
  double: "number",
  string: "string",
  binary: "Uint8Array",
} as const;

function braces(members: readonly string[]): string {
  return `{ ${members.join(", ")} }`;
}

/** The structs a type is made of. */
function structsIn(type: TypeRef): readonly StructDef[] {
  const target = plain(type);
  if (target.is === "list" || target.is === "set") return structsIn(target.element);
  if (target.is === "map") return [...structsIn(target.key), ...structsIn(target.value)];
  return target.is === "struct" ? [target.of] : [];
}

/** True where a struct always holds another one, directly or through further structs. */
function holds(outer: StructDef, inner: StructDef, seen: Set<StructDef>): boolean {
  if (outer === inner) return true;
  if (seen.has(outer)) return false;
  seen.add(outer);
  return outer.fields.some(({ type, optional }) => {
    const target = plain(type);
    return !optional && target.is === "struct" && holds(target.of, inner, seen);
  });
}

function docComment(lines: readonly string[], indent = 0): string {
  const pad = " ".repeat(indent);
  if (lines.length === 0) return "";
  if (lines.length === 1) return `${pad}/** ${lines[0]} */\n`;
  return `${pad}/**\n${lines.map((line) => `${`${pad} * ${line}`.trimEnd()}\n`).join("")}${pad} */\n`;
}
