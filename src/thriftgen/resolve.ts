/**
 * Files to a program: every name is resolved, every type and value checked.
 */
import {
  type EnumDefinition,
  type FieldDefinition,
  type FunctionType,
  type InterfaceWithFields,
  type ServiceDefinition,
  SyntaxType,
} from "@lancewuz/thrift-parser";
import { docOf } from "./document.ts";
import { IdlError } from "./idl-error.ts";
import { methodOf } from "./methods.ts";
import type {
  BaseName,
  ConstDef,
  EnumDef,
  FieldDef,
  MethodDef,
  Program,
  ServiceDef,
  StructDef,
  TypedefDef,
  TypeRef,
} from "./model.ts";
import { memberName, Names } from "./names.ts";
import { type FileScope, filesOf, findName, loadScope, type Named, type ReadText } from "./scope.ts";
import { integerOf, ValueReader } from "./values.ts";

type Def = StructDef | EnumDef | TypedefDef | ConstDef | ServiceDef;

const BASES: Readonly<Partial<Record<SyntaxType, BaseName>>> = {
  [SyntaxType.BoolKeyword]: "bool",
  [SyntaxType.ByteKeyword]: "i8",
  [SyntaxType.I8Keyword]: "i8",
  [SyntaxType.I16Keyword]: "i16",
  [SyntaxType.I32Keyword]: "i32",
  [SyntaxType.I64Keyword]: "i64",
  [SyntaxType.DoubleKeyword]: "double",
  [SyntaxType.StringKeyword]: "string",
  [SyntaxType.BinaryKeyword]: "binary",
};

/** Reads a file and what it includes. Throws IdlError naming file and line of what is wrong. */
export function resolveProgram(file: string, read: ReadText): Program {
  return new Resolver(loadScope(file, read)).program();
}

class Resolver {
  readonly #root: FileScope;
  readonly #names = new Map<Named, string>();
  readonly #defs = new Map<Named, Def>();
  readonly #resolving = new Set<Named>();
  readonly #fields = new Map<StructDef, ReadonlyMap<string, FieldDef>>();
  readonly #values: ValueReader;
  readonly #notes: string[] = [];

  constructor(root: FileScope) {
    this.#root = root;
    this.#values = new ValueReader({
      enumOf: (scope, name) => this.#enumOf(scope, name),
      fieldsOf: (of) => this.#fields.get(of) ?? new Map(),
    });
  }

  program(): Program {
    const files = filesOf(this.#root);
    // The file that was asked for has the first choice of names.
    const names = new Names();
    for (const scope of [...files].reverse()) {
      for (const node of scope.names.values()) this.#names.set(node, names.take(node.name.value, scope.file));
    }
    const each = (visit: (scope: FileScope, node: Named) => void) => {
      for (const scope of files) for (const node of scope.names.values()) visit(scope, node);
    };
    // Structs refer to each other, defaults to enums and constants: types first, then what is inside.
    each((scope, node) => {
      if (node.type !== SyntaxType.ConstDefinition && node.type !== SyntaxType.ServiceDefinition)
        this.#define(scope, node);
    });
    const structs: [FileScope, InterfaceWithFields, StructDef][] = [];
    each((scope, node) => {
      const def = this.#defs.get(node);
      if (def?.is === "struct" || def?.is === "union" || def?.is === "exception") {
        structs.push([scope, node as InterfaceWithFields, def]);
      }
    });
    for (const [scope, node, def] of structs) this.#readFields(scope, node, def);
    for (const [scope, node, def] of structs) this.#readDefaults(scope, node, def);
    each((scope, node) => {
      if (node.type === SyntaxType.ConstDefinition || node.type === SyntaxType.ServiceDefinition)
        this.#define(scope, node);
    });
    const definitions: Def[] = [];
    each((_, node) => definitions.push(this.#defs.get(node) as Def));
    return { file: this.#root.file, definitions, notes: this.#notes };
  }

  #define(scope: FileScope, node: Named): Def {
    const known = this.#defs.get(node);
    if (known !== undefined) return known;
    const { line } = node.loc.start;
    if (this.#resolving.has(node)) throw new IdlError(scope.file, line, `${node.name.value} is made of itself`);
    this.#resolving.add(node);
    const name = this.#names.get(node) ?? node.name.value;
    const def = this.#make(scope, node, { name, doc: docOf(node.comments, line) });
    this.#defs.set(node, def);
    return def;
  }

  #make(scope: FileScope, node: Named, head: { name: string; doc: readonly string[] }): Def {
    switch (node.type) {
      case SyntaxType.EnumDefinition:
        return { ...head, is: "enum", members: membersOf(scope, node) };
      case SyntaxType.TypedefDefinition:
        return { ...head, is: "typedef", target: this.#type(scope, node.definitionType) };
      case SyntaxType.ConstDefinition: {
        const type = this.#type(scope, node.fieldType);
        return { ...head, is: "const", type, value: this.#values.read(scope, node.initializer, type) };
      }
      case SyntaxType.ServiceDefinition:
        return { ...head, is: "service", wireName: node.name.value, methods: this.#methods(scope, node, []) };
      case SyntaxType.UnionDefinition:
        return { ...head, is: "union", fields: [] };
      case SyntaxType.ExceptionDefinition:
        return { ...head, is: "exception", fields: [] };
      default:
        return { ...head, is: "struct", fields: [] };
    }
  }

  #type(scope: FileScope, node: FunctionType): TypeRef {
    const { line } = node.loc.start;
    const base = BASES[node.type];
    if (base !== undefined) return { is: "base", name: base };
    if (node.type === SyntaxType.ListType) return { is: "list", element: this.#type(scope, node.valueType) };
    if (node.type === SyntaxType.SetType) return { is: "set", element: this.#type(scope, node.valueType) };
    if (node.type === SyntaxType.MapType) {
      return { is: "map", key: this.#type(scope, node.keyType), value: this.#type(scope, node.valueType) };
    }
    if (node.type !== SyntaxType.Identifier) throw new IdlError(scope.file, line, "void is no type of a value");
    const found = findName(scope, node.value);
    if (found === null) {
      const known = node.value === "uuid" ? "the type uuid is not supported" : `there is no type ${node.value}`;
      throw new IdlError(scope.file, line, known);
    }
    if (found.node.type === SyntaxType.ConstDefinition || found.node.type === SyntaxType.ServiceDefinition) {
      throw new IdlError(scope.file, line, `${node.value} is no type`);
    }
    const def = this.#define(found.scope, found.node);
    if (def.is === "enum") return { is: "enum", of: def };
    return def.is === "typedef" ? { is: "typedef", of: def } : { is: "struct", of: def as StructDef };
  }

  #readFields(scope: FileScope, node: InterfaceWithFields, def: StructDef): void {
    const fields = new Map<string, FieldDef>();
    const ids = new Set<number>();
    const names = new Set<string>();
    for (const each of node.fields) {
      const { line } = each.loc.start;
      const { value: idlName } = each.name;
      const id = each.fieldID?.value;
      const name = memberName(idlName);
      if (id === undefined) throw new IdlError(scope.file, line, `the field ${idlName} has no id`);
      if (id < -32768 || id > 32767) throw new IdlError(scope.file, line, `the id ${id} does not fit 16 bits`);
      if (ids.has(id)) throw new IdlError(scope.file, line, `the id ${id} is used twice`);
      if (names.has(name)) throw new IdlError(scope.file, line, `two fields would be called ${name}`);
      ids.add(id);
      names.add(name);
      fields.set(idlName, {
        name,
        id,
        type: this.#type(scope, each.fieldType),
        optional: def.is === "union" || each.requiredness === "optional",
        required: def.is !== "union" && each.requiredness === "required",
        fallback: null,
        doc: docOf(each.comments, line),
      });
    }
    this.#fields.set(def, fields);
  }

  /** Defaults are read when the fields of all structs are known: a default may be a struct itself. */
  #readDefaults(scope: FileScope, node: InterfaceWithFields, def: StructDef): void {
    const known = this.#fields.get(def) ?? new Map<string, FieldDef>();
    const withDefault = (each: FieldDefinition): FieldDef => {
      const field = known.get(each.name.value) as FieldDef;
      if (each.defaultValue === null || def.is === "union") return field;
      return { ...field, fallback: this.#values.read(scope, each.defaultValue, field.type) };
    };
    def.fields = node.fields.map(withDefault);
  }

  #enumOf(scope: FileScope, name: string): EnumDef | null {
    const found = findName(scope, name);
    if (found === null) return null;
    if (found.node.type === SyntaxType.TypedefDefinition && found.node.definitionType.type === SyntaxType.Identifier) {
      return this.#enumOf(found.scope, found.node.definitionType.value);
    }
    if (found.node.type !== SyntaxType.EnumDefinition) return null;
    return this.#define(found.scope, found.node) as EnumDef;
  }

  #methods(scope: FileScope, node: ServiceDefinition, below: readonly ServiceDefinition[]): readonly MethodDef[] {
    const methods: MethodDef[] = [];
    if (node.extends !== null) {
      const { line } = node.loc.start;
      const found = findName(scope, node.extends.value);
      if (found?.node.type !== SyntaxType.ServiceDefinition || [node, ...below].includes(found.node)) {
        throw new IdlError(scope.file, line, `there is no service ${node.extends.value} to extend`);
      }
      methods.push(...this.#methods(found.scope, found.node, [node, ...below]));
    }
    for (const each of node.functions) {
      const made = methodOf(scope.file, each, (type) => this.#type(scope, type));
      if ("note" in made) this.#notes.push(made.note);
      else if (methods.some(({ name }) => name === made.name)) {
        throw new IdlError(scope.file, each.loc.start.line, `two methods would be called ${made.name}`);
      } else methods.push(made);
    }
    return methods;
  }
}

function membersOf(scope: FileScope, node: EnumDefinition): EnumDef["members"] {
  let next = 0;
  return node.members.map((each) => {
    const { line } = each.loc.start;
    if (each.initializer !== null) next = Number(integerOf(each.initializer.value.value));
    if ((next | 0) !== next) throw new IdlError(scope.file, line, `${each.name.value} does not fit 32 bits`);
    const member = { name: each.name.value, value: next, doc: docOf(each.comments, line) };
    next += 1;
    return member;
  });
}
