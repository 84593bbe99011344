/** Names of services on the wire: the cancel path of an Rst, and whose deadline a Header carries. */
import { FORMAT_MAX_TEXT_BYTES } from "./limits.ts";

/** Names joined for the wire. Where they are too long, names in the middle go: the origin and the direct caller stay. */
export function joinPath(path: readonly string[]): string {
  const names = [...path];
  let text = names.join(",");
  while (names.length > 2 && Buffer.byteLength(text) > FORMAT_MAX_TEXT_BYTES) {
    names.splice(1, Math.max(1, Math.floor((names.length - 2) / 2)));
    text = names.join(",");
  }
  return text;
}

/** The names of a path on the wire, origin first. */
export function splitPath(text: string | undefined): readonly string[] {
  return text === undefined || text === "" ? [] : text.split(",");
}
