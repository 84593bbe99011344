import { describe, expect, it } from "vitest";
import { memberName } from "../../src/thriftgen/names.ts";
import { fixtureModule, moduleOf, programOf } from "./idl.ts";

describe("streaming annotations", () => {
  const service = moduleOf(`
    struct A {}
    service S {
      A Up(1: A a) (streaming.mode="client")
      A Down(1: A a) (streaming.mode="server")
      A Both(1: A a) (streaming.mode="bidirectional")
      A Once(1: A a) (streaming.mode="unary")
      A Plain(1: A a)
    }`);

  it("say how many messages go each way; a method without one is unary", () => {
    expect(service.match(/\w+\("\w+", \{ request/g)).toEqual([
      'clientStreaming("Up", { request',
      'serverStreaming("Down", { request',
      'bidiStreaming("Both", { request',
      'unary("Once", { request',
      'unary("Plain", { request',
    ]);
  });

  it("must be known words on methods from struct to struct", () => {
    const bad = (line: string) => () => moduleOf(`struct A {}\nservice S {\n${line}\n}`);
    expect(bad('A F(1: A a) (streaming.mode="both")')).toThrow(
      /^a\.thrift:3: streaming\.mode of F is "both"; there are /,
    );
    expect(bad('A F(1: i32 a) (streaming.mode="server")')).toThrow("a.thrift:3: F must have one struct");
    expect(bad('void F(1: A a) (streaming.mode="client")')).toThrow("a.thrift:3: F must have one struct");
  });

  it("unary methods that cannot be served are left out with a note", () => {
    const program = programOf({ "a.thrift": "struct A {}\nservice S {\n  void F(1: A a)\n  A G(1: A a)\n}" });
    expect(program.notes).toEqual(["a.thrift:3: left out: F must have one struct as its argument and return a struct"]);
  });
});

describe("comments", () => {
  const { text } = fixtureModule("everything.thrift");

  it("above and behind a definition become its documentation", () => {
    expect(text).toContain("/** How loud. */\nexport const Volume");
    expect(text).toContain("  /** the next number */\n  LOUD: 6,");
    expect(text).toContain("/**\n * One item.\n *\n * It has a second paragraph.\n */\nexport interface Item");
    expect(text).toContain("  /** Both ways. */\n  readonly talkBoth");
  });

  it("that stand apart belong to nothing", () => {
    expect(text).not.toContain("Copyright");
  });

  it("cannot end the comment they become", () => {
    expect(moduleOf("// a */ b\nstruct A {}")).toContain("/** a *\\/ b */");
  });
});

describe("names", () => {
  it.each([
    ["interval_us", "intervalUs"],
    ["ServerStream", "serverStream"],
    ["HTTPProxy", "httpProxy"],
    ["ID", "id"],
    ["userID", "userID"],
    ["_private", "private"],
    ["__proto__", "proto"],
    ["_", "_"],
  ])("%s is %s in code", (idl, code) => {
    expect(memberName(idl)).toBe(code);
  });

  it("of the runtime and the language get the file's name in front", () => {
    const text = moduleOf("struct Service {}\nstruct Map {}");
    expect(text).toContain("export type AService ");
    expect(text).toContain("export type AMap ");
  });

  it("of the file that was asked for win over those it includes", () => {
    const { text } = fixtureModule("everything.thrift");
    expect(text).toContain("export const BaseItem: Struct<BaseItem>");
    expect(text).toContain("otherItem: field(15, BaseItem.type)");
  });
});

describe("types", () => {
  it("may refer to themselves and to what stands below", () => {
    const text = moduleOf("struct A { 1: optional B b  2: list<A> all }\nstruct B { 1: A a }");
    expect(text).toContain("a: field(1, t.recursive(() => A.type))");
    expect(text).toContain("all: field(2, t.list(t.recursive(() => A.type)))");
  });

  it("that would have to hold themselves for ever hold themselves optionally", () => {
    expect(moduleOf("struct A { 1: A next }")).toContain("next?: A | undefined;");
  });

  it("may be defined below the typedef that names them", () => {
    expect(moduleOf("typedef list<A> As\nstruct A {}\nstruct B { 1: As all }")).toContain("field(1, t.list(A.type))");
  });
});

describe("an IDL that is wrong is told with file and line", () => {
  it.each([
    ["struct A {\n  1: i32\n}", "a.thrift:"],
    ['struct A {\n  1: string a = "x\n}', "a.thrift:2: String must be terminated"],
    ["struct A {\n  1: Foo a\n}", "a.thrift:2: there is no type Foo"],
    ["struct A {\n  1: uuid a\n}", "a.thrift:2: the type uuid is not supported"],
    ["struct A {\n  i32 a\n}", "a.thrift:2: the field a has no id"],
    ["struct A {\n  1: i32 a\n  1: i32 b\n}", "a.thrift:3: the id 1 is used twice"],
    ["struct A {\n  1: i32 a_b\n  2: i32 aB\n}", "a.thrift:3: two fields would be called aB"],
    ["struct A {\n  70000: i32 a\n}", "a.thrift:2: the id 70000 does not fit 16 bits"],
    ["struct A {}\nstruct A {}", "a.thrift:2: A is defined twice"],
    ["typedef A B\ntypedef B A", "is made of itself"],
    ["const i32 A = B\nconst i32 B = A", "is made of itself"],
    ["const i8 A = 300", "a.thrift:1: the value must be a number that fits i8"],
    ['const i32 A = "x"', "a.thrift:1: the value must be a i32"],
    ["const i32 A = X.Y", "a.thrift:1: X.Y is no constant and no member of an enum"],
    ["enum E { A = 1 }\nconst E X = 7", "a.thrift:2: the value must be a member of E"],
    ['struct S {}\nconst S X = {"a": 1}', "a.thrift:2: the value must be the name of a field of S"],
    ["senum X { }", "a.thrift:1: senum is not supported"],
    ["\nservice S extends T {}", "a.thrift:2: there is no service T to extend"],
    ['\ninclude "b.thrift"', "a.thrift:2: the included file b.thrift cannot be read"],
    ["hello", "a.thrift:1: "],
  ])("%j", (idl, message) => {
    expect(() => moduleOf(idl)).toThrow(message);
  });

  it("also where files include each other", () => {
    const files = { "a.thrift": 'include "b.thrift"', "b.thrift": '\ninclude "a.thrift"' };
    expect(() => programOf(files)).toThrow("b.thrift:2: a.thrift includes itself");
  });

  it("in the file it is in", () => {
    const files = { "x/a.thrift": 'include "b.thrift"', "x/b.thrift": "\nstruct A { 1: Foo a }" };
    expect(() => programOf(files)).toThrow("x/b.thrift:2: there is no type Foo");
  });
});
