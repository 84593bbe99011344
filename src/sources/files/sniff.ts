/**
 * What a source is, from its first bytes.
 */

/** How many first bytes are looked at. */
export const SNIFF_BYTES: number = 64 * 1024;

/** What the first bytes say. */
export type Sniffed = "text" | "gzip" | "binary" | "utf-16le" | "utf-16be" | "other-archive";

const MAGICS: readonly (readonly [name: Sniffed, bytes: readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["other-archive", [0x28, 0xb5, 0x2f, 0xfd]],
  ["other-archive", [0x42, 0x5a, 0x68]],
  ["other-archive", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["other-archive", [0x50, 0x4b, 0x03, 0x04]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

/** Judges a source by its first bytes. A NUL among the first 8 KiB means binary, as it does for grep and git. */
export function sniff(first: Uint8Array): Sniffed {
  for (const [name, bytes] of MAGICS) {
    if (bytes.every((byte, i) => first[i] === byte)) return name;
  }
  return first.subarray(0, 8192).includes(0) ? "binary" : "text";
}
