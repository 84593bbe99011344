/** Names of services on the wire: the cancel path of an Rst, and whose deadline a Header carries. */
import { FORMAT_MAX_TEXT_BYTES } from "./limits.ts";

/** A longer name is cut: it is nobody's. */
const MAX_NAME_BYTES = 1024;

/** A longer path loses names: it must leave room for all else in a header, at every service it goes through. */
const MAX_PATH_BYTES = 16 * 1024;

/** What stands for names, or for the rest of one, that were left out. */
const LEFT_OUT = "…";

/** Names that fit into every header: long ones are cut, and where there are too many, those in the middle give way to `…`. */
export function fitPath(path: readonly string[]): readonly string[] {
  if (fits(path)) return path;
  const names = path.map((name) => cutText(name, MAX_NAME_BYTES));
  let left = names.length;
  while (left > 2 && Buffer.byteLength(ends(names, left).join(",")) > MAX_PATH_BYTES) left = Math.ceil(left / 2);
  return left === names.length ? names : ends(names, left);
}

/** True where no name and no number of them can be too many; three bytes are the most a character takes. */
function fits(path: readonly string[]): boolean {
  let length = path.length;
  for (const name of path) {
    if (name.length * 3 > MAX_NAME_BYTES) return false;
    length += name.length * 3;
  }
  return length <= MAX_PATH_BYTES;
}

/** So many names of a path: those next to the origin and those next to the caller. */
function ends(names: readonly string[], count: number): readonly string[] {
  const first = Math.ceil(count / 2);
  return [...names.slice(0, first), LEFT_OUT, ...names.slice(names.length - (count - first))];
}

/** A text of at most so many bytes of UTF-8; what was cut, between two characters, ends in `…`. */
export function cutText(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes - Buffer.byteLength(LEFT_OUT);
  while (((bytes[end] as number) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end) + LEFT_OUT;
}

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
