import { captureCallSite } from "../../src/runtime/cancel/call-site.ts";

/** Lets call sites be read again: at most 500 are in a second, and files of tests share a process. */
export function allowCallSites(): void {
  // A clock that is behind is another one, and is counted for itself
  captureCallSite(Number.NEGATIVE_INFINITY);
}
