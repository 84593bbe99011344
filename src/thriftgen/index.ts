/** A thrift IDL to a TypeScript module for the runtime. */
export { generate } from "./generate.ts";
export { IdlError } from "./idl-error.ts";
export { resolveProgram } from "./resolve.ts";
