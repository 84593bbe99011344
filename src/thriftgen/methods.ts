/**
 * Functions of a thrift service as methods of the runtime.
 */
import { type FunctionDefinition, type FunctionType, SyntaxType } from "@lancewuz/thrift-parser";
import { docOf } from "./document.ts";
import { IdlError } from "./idl-error.ts";
import { type MethodDef, type MethodShape, plain, type StructDef, type TypeRef } from "./model.ts";
import { memberName } from "./names.ts";

const SHAPES: Readonly<Record<string, MethodShape>> = {
  unary: "unary",
  server: "serverStreaming",
  client: "clientStreaming",
  bidirectional: "bidiStreaming",
};

/**
 * A function as a method, or a note of why it was left out: a unary one whose request or response is no struct.
 *
 * Throws IdlError for a streaming one like that: Kitex refuses it too.
 */
export function methodOf(
  file: string,
  node: FunctionDefinition,
  typeOf: (type: FunctionType) => TypeRef,
): MethodDef | { readonly note: string } {
  const { line } = node.loc.start;
  const wireName = node.name.value;
  const mode = node.annotations?.annotations.find(({ name }) => name.value === "streaming.mode")?.value?.value;
  const shape = mode === undefined ? "unary" : SHAPES[mode];
  if (shape === undefined) {
    const known = Object.keys(SHAPES).join(", ");
    throw new IdlError(file, line, `streaming.mode of ${wireName} is "${mode}"; there are ${known}`);
  }
  const structOf = (type: FunctionType | undefined): StructDef | null => {
    if (type === undefined || type.type === SyntaxType.VoidKeyword) return null;
    const found = plain(typeOf(type));
    return found.is === "struct" ? found.of : null;
  };
  const request = node.fields.length === 1 ? structOf(node.fields[0]?.fieldType) : null;
  const response = structOf(node.returnType);
  if (request === null || response === null || node.oneway) {
    const text = `${wireName} must have one struct as its argument and return a struct`;
    if (shape !== "unary") throw new IdlError(file, line, text);
    return { note: `${file}:${line}: left out: ${text}` };
  }
  const doc = docOf(node.comments, line);
  return { name: memberName(wireName), wireName, shape, request, response, doc };
}
