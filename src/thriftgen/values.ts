/**
 * Constant values of an IDL, checked against the types they are for. A constant's name is replaced by its value.
 */
import { type ConstValue, SyntaxType } from "@lancewuz/thrift-parser";
import { IdlError } from "./idl-error.ts";
import { type BaseName, type EnumDef, plain, type StructDef, type TypeRef, type Value } from "./model.ts";
import { type FileScope, findName } from "./scope.ts";

/** What the values need of whoever resolves names. */
export interface ValueNames {
  enumOf(scope: FileScope, name: string): EnumDef | null;
  /** The fields by their names in the IDL. */
  fieldsOf(of: StructDef): ReadonlyMap<string, { readonly name: string; readonly type: TypeRef }>;
}

const BITS: Readonly<Partial<Record<BaseName, bigint>>> = { i8: 8n, i16: 16n, i32: 32n, i64: 64n };

/** Reads values. */
export class ValueReader {
  readonly #names: ValueNames;

  constructor(names: ValueNames) {
    this.#names = names;
  }

  /** Reads a value for a type. Throws IdlError where it does not fit. */
  read(scope: FileScope, node: ConstValue, type: TypeRef, depth = 0): Value {
    const target = plain(type);
    if (node.type === SyntaxType.Identifier) {
      const member = this.#member(scope, node.value);
      if (member === null) return this.#constant(scope, node.value, node.loc.start.line, type, depth);
      if (target.is === "enum") {
        if (target.of === member.of) return { is: "member", of: member.of, name: member.name };
      } else if (target.is === "base" && BITS[target.name] !== undefined) {
        return integer(BigInt(member.value), target.name, () => this.#wrong(scope, node, "a number that fits"));
      }
      throw this.#wrong(scope, node, describe(target));
    }
    const inner = (each: ConstValue, of: TypeRef) => this.read(scope, each, of, depth + 1);
    switch (target.is) {
      case "base":
        return this.#base(scope, node, target.name);
      case "enum": {
        const number = node.type === SyntaxType.IntConstant ? Number(integerOf(node.value.value)) : null;
        const member = target.of.members.find(({ value }) => value === number);
        if (member === undefined) throw this.#wrong(scope, node, describe(target));
        return { is: "member", of: target.of, name: member.name };
      }
      case "list":
      case "set":
        if (node.type === SyntaxType.ConstList) {
          return { is: target.is, items: node.elements.map((each) => inner(each, target.element)) };
        }
        break;
      case "map":
        if (node.type === SyntaxType.ConstMap) {
          const entries = node.properties.map(
            ({ name, initializer }) => [inner(name, target.key), inner(initializer, target.value)] as const,
          );
          return { is: "map", entries };
        }
        break;
      default:
        if (node.type === SyntaxType.ConstMap) {
          const known = this.#names.fieldsOf(target.of);
          const fields = node.properties.map(({ name, initializer }) => {
            const field = name.type === SyntaxType.StringLiteral ? known.get(name.value) : undefined;
            if (field === undefined) throw this.#wrong(scope, name, `the name of a field of ${target.of.name}`);
            return [field.name, inner(initializer, field.type)] as const;
          });
          return { is: "struct", of: target.of, fields };
        }
    }
    throw this.#wrong(scope, node, describe(target));
  }

  #base(scope: FileScope, node: ConstValue, name: BaseName): Value {
    if (name === "string" || name === "binary") {
      if (node.type === SyntaxType.StringLiteral) return { is: name, value: withoutEscapes(node.value) };
    } else if (name === "bool") {
      if (node.type === SyntaxType.BooleanLiteral) return { is: "boolean", value: node.value };
      if (node.type === SyntaxType.IntConstant) return { is: "boolean", value: integerOf(node.value.value) !== 0n };
    } else if (name === "double") {
      if (node.type === SyntaxType.DoubleConstant) return { is: "number", text: String(Number(node.value.value)) };
      if (node.type === SyntaxType.IntConstant) return { is: "number", text: String(integerOf(node.value.value)) };
    } else if (node.type === SyntaxType.IntConstant) {
      return integer(integerOf(node.value.value), name, () => this.#wrong(scope, node, `a number that fits ${name}`));
    }
    throw this.#wrong(scope, node, describe({ is: "base", name }));
  }

  #constant(scope: FileScope, name: string, line: number, type: TypeRef, depth: number): Value {
    const found = findName(scope, name);
    if (found === null || found.node.type !== SyntaxType.ConstDefinition) {
      throw new IdlError(scope.file, line, `${name} is no constant and no member of an enum`);
    }
    if (depth > 100) throw new IdlError(scope.file, line, `the constant ${name} is made of itself`);
    return this.read(found.scope, found.node.initializer, type, depth + 1);
  }

  #member(scope: FileScope, name: string): { of: EnumDef; name: string; value: number } | null {
    const dot = name.lastIndexOf(".");
    if (dot < 0) return null;
    const of = this.#names.enumOf(scope, name.slice(0, dot));
    const member = of?.members.find((each) => each.name === name.slice(dot + 1));
    return of === null || member === undefined ? null : { of, name: member.name, value: member.value };
  }

  #wrong(scope: FileScope, node: ConstValue, wanted: string): IdlError {
    return new IdlError(scope.file, node.loc.start.line, `the value must be ${wanted}`);
  }
}

/** `12`, `-12`, `0x1F` as a number. */
export function integerOf(text: string): bigint {
  const negative = text.startsWith("-");
  const value = BigInt(text.replace(/^[-+]/, ""));
  return negative ? -value : value;
}

function integer(value: bigint, name: BaseName, wrong: () => IdlError): Value {
  const bits = BITS[name] ?? 64n;
  if (BigInt.asIntN(Number(bits), value) !== value) throw wrong();
  return name === "i64" ? { is: "bigint", value } : { is: "number", text: String(value) };
}

function describe(type: TypeRef): string {
  if (type.is === "base") return `a ${type.name}`;
  if (type.is === "enum") return `a member of ${type.of.name}`;
  return type.is === "struct" || type.is === "typedef" ? `a ${type.of.name}` : `a ${type.is}`;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

function withoutEscapes(text: string): string {
  return text.replace(/\\(.)/gs, (_, letter: string) => ESCAPES[letter] ?? letter);
}
