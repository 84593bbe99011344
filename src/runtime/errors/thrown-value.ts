/**
 * Values that somebody else threw, or gave as a reason: anything at all.
 *
 * A getter may throw, a message may be a symbol, a proxy may be revoked or become so. Such a value is replaced where it enters the
 * runtime, so that nobody behind that border has to expect it.
 */
import { types } from "node:util";
import { BusinessError } from "./business-error.ts";
import { StreamException } from "./stream-exception.ts";

/** What the runtime reads of errors and reasons. */
const READ: readonly string[] = ["name", "message", "stack", "code", "type", "intent", "text"];

/** How far a chain of causes is looked at; nobody follows one further. */
const MAX_DEPTH = 20;

/** The value itself where all that the runtime reads of it can be read; else an Error that says in words what it was. */
export function readable(value: unknown): unknown {
  try {
    return isReadable(value) ? value : new Error(describe(value));
  } catch {
    return new Error(describe(value));
  }
}

/** What was thrown, as an Error: itself where it is one that can be read, else one with its words. */
export function toError(thrown: unknown): Error {
  const value = readable(thrown);
  return value instanceof Error ? value : new Error(describe(value), { cause: value });
}

function isReadable(value: unknown): boolean {
  let each = value;
  for (let depth = 0; depth < MAX_DEPTH && isHolder(each); depth += 1) {
    if (types.isProxy(each)) return false;
    const holder = each as Readonly<Record<string, unknown>>;
    const [name, message, stack] = READ.map((key) => holder[key]);
    if (each instanceof Error) {
      if (typeof name !== "string" || typeof message !== "string") return false;
      if (stack !== undefined && typeof stack !== "string") return false;
    }
    if (StreamException.is(each) && !isWhole(each)) return false;
    if (BusinessError.is(each) && !isAnswer(each)) return false;
    each = holder["cause"];
  }
  return true;
}

function isHolder(value: unknown): boolean {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function isWhole({ code, text, path }: StreamException): boolean {
  return (
    typeof code === "number" &&
    typeof text === "string" &&
    Array.isArray(path) &&
    path.every((name) => typeof name === "string")
  );
}

function isAnswer({ status, text, extra }: BusinessError): boolean {
  JSON.stringify(extra);
  return typeof status === "number" && typeof text === "string";
}

function describe(value: unknown): string {
  return messageOf(value) ?? textOf(value) ?? `a value of type ${typeof value} that cannot be read`;
}

function messageOf(value: unknown): string | null {
  try {
    const { message } = value as { readonly message?: unknown };
    return value instanceof Error && typeof message === "string" ? message : null;
  } catch {
    return null;
  }
}

function textOf(value: unknown): string | null {
  try {
    return String(value);
  } catch {
    return null;
  }
}
