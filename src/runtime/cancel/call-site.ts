/**
 * The line of user code that cancelled.
 *
 * abort() runs its listeners synchronously, so the stack inside our listener still holds the caller. Frames of Node and of this runtime
 * are skipped; a timer's abort has no other frames, so it has no call site. At most {@link MAX_PER_SECOND} stacks are read in a second.
 */
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import * as util from "node:util";
import type { CallSite } from "../errors/stream-exception.ts";

const FRAMES = 24;
const MAX_PER_SECOND = 500;
const here = dirname(import.meta.dirname);

/** Where this package's own code lies, and that of the libraries it works inside: nobody's call of abort. */
const INNER: readonly string[] = [
  ...[here, ...["grpc", "http", "fetch"].map((room) => join(dirname(here), room))].map((folder) => folder + sep),
  ...[join("@grpc", "grpc-js"), "@connectrpc"].map((name) => sep + join("node_modules", name) + sep),
];

let windowStart = 0;
let taken = 0;

/** The innermost frame that is neither Node's nor this runtime's; null where there is none or too many were asked for lately. */
export function captureCallSite(now: number): CallSite | null {
  // A clock that is behind is another one
  if (now - windowStart >= 1000 || now < windowStart) {
    windowStart = now;
    taken = 0;
  }
  taken += 1;
  if (taken > MAX_PER_SECOND) return null;
  for (const site of util.getCallSites(FRAMES)) {
    const name = site.scriptName;
    if (name === "" || name.startsWith("node:") || name.startsWith("internal/")) continue;
    const file = name.startsWith("file:") ? fileURLToPath(name) : name;
    if (INNER.some((part) => file.includes(part))) continue;
    return { file, line: site.lineNumber, column: site.columnNumber, function: site.functionName };
  }
  return null;
}
