/**
 * What a source is, from its first bytes.
 */

import { isTar } from "../formats/tar.ts";

/** How many first bytes are looked at. */
export const SNIFF_BYTES: number = 64 * 1024;

/** What the first bytes say. */
export type Sniffed = "text" | "gzip" | "zstd" | "tar" | "utf-16le" | "utf-16be" | "binary" | "other-archive";

const MAGICS: readonly (readonly [name: Sniffed, bytes: readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["other-archive", [0x42, 0x5a, 0x68]],
  ["other-archive", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["other-archive", [0x50, 0x4b, 0x03, 0x04]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

/** Judges a source by its first bytes. */
export function sniff(first: Uint8Array): Sniffed {
  for (const [name, bytes] of MAGICS) {
    if (bytes.every((byte, i) => first[i] === byte)) return name;
  }
  if (isTar(first)) return "tar";
  return first.includes(0) ? sniffWithNuls(first) : "text";
}

/**
 * NULs alone make no binary file: a log that was truncated while its writer went on begins with a hole of them, a crash leaves some in the
 * middle. What is no text has them everywhere, or other control characters beside them.
 */
function sniffWithNuls(first: Uint8Array): Sniffed {
  let others = 0;
  let runs = 0;
  let controls = 0;
  let before = -1;
  const nuls = [0, 0];
  for (let i = 0; i < first.length; i += 1) {
    const byte = first[i] as number;
    if (byte === 0) {
      nuls[i % 2] = (nuls[i % 2] as number) + 1;
      if (before !== 0) runs += 1;
    } else {
      others += 1;
      if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) controls += 1;
    }
    before = byte;
  }
  // Text of Latin letters in UTF-16 without a mark: every other byte
  const [even = 0, odd = 0] = nuls;
  if (controls * 100 <= others && runs * 3 > first.length) {
    if (even * 20 < odd) return "utf-16le";
    if (odd * 20 < even) return "utf-16be";
  }
  return controls * 100 > others || (runs > 2 && runs * 50 > others) ? "binary" : "text";
}
