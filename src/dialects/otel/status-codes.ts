/**
 * The status of a call in a span: as a number or a word in an attribute, or in front of the status text. gRPC and Connect share the codes
 * (https://grpc.github.io/grpc/core/md_doc_statuscodes.html, https://connectrpc.com/docs/protocol#error-codes).
 */
import { attributeOf } from "./attributes.ts";

const CODES = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;

/** A status code by its name. */
export type StatusCode = (typeof CODES)[number];

/** The code that a number, or a name in any spelling (`DEADLINE_EXCEEDED`, `deadline_exceeded`, `DeadlineExceeded`), stands for. */
export function parseStatusCode(text: string): StatusCode | null {
  if (/^\d{1,2}$/.test(text)) return CODES[Number(text)] ?? null;
  const word = text.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
  return CODES.find((code) => code === (word === "CANCELED" ? "CANCELLED" : word)) ?? null;
}

/** How libraries put the code in front of their text, or around it. */
const HEADS: readonly RegExp[] = [
  /^(\d{1,2}) [A-Z_]+: /,
  /^\[([a-z_]+)\] /,
  /^rpc error: code = (\w+) desc = /,
  /^(?:[\w.]+Exception: )?([A-Z_]{2,}): /,
  /^Status\(StatusCode="(\w+)", Detail="/,
  /^StatusCode\.([A-Z_]+):/,
  /\bStatusCode\.([A-Z_]+)\b/,
];

/** Where grpcio prints the text of a status among other lines. */
const DETAILS = /^\s*details = "(.*)"$/m;

/** A status text without the code in front of it, and the code; null if there is none. */
export interface StatusText {
  readonly code: StatusCode | null;
  readonly message: string;
}

/** Takes the code off a status text. */
export function readStatusText(text: string): StatusText {
  for (const head of HEADS) {
    const match = head.exec(text);
    const code = match === null ? null : parseStatusCode(match[1] as string);
    if (match !== null && code !== null)
      return {
        code,
        message: match.index === 0 ? text.slice(match[0].length).trimStart() : (DETAILS.exec(text)?.[1] ?? text),
      };
  }
  return { code: null, message: text };
}

/** The code that a span's attributes name; null if they name none that is known. */
export function codeOfFields(fields: ReadonlyMap<string, string>): StatusCode | null {
  const value = attributeOf(fields, "rpcCode");
  return value === null ? null : parseStatusCode(value);
}
