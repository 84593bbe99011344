/**
 * What a source is, from its first bytes.
 */

import { isTar } from "../formats/tar.ts";

/** How many first bytes are looked at. */
export const SNIFF_BYTES: number = 64 * 1024;

/** What the first bytes say. */
export type Sniffed = "text" | "gzip" | "zstd" | "tar" | "utf-16le" | "utf-16be" | "binary" | "other-archive";

/** Packings that are not read, by the program that packs so. */
const OTHERS: readonly (readonly [packing: string, bytes: readonly number[]])[] = [
  ["lz4", [0x04, 0x22, 0x4d, 0x18]],
  ["lz4", [0x02, 0x21, 0x4c, 0x18]],
  ["bzip2", [0x42, 0x5a, 0x68]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["lzma", [0x5d, 0x00, 0x00]],
  ["zip", [0x50, 0x4b, 0x03, 0x04]],
  ["7z", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ["rar", [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ["snappy", [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59]],
  ["brotli", [0xce, 0xb2, 0xcf, 0x81]],
  ["Parquet", [0x50, 0x41, 0x52, 0x31]],
  ["SQLite", [...Buffer.from("SQLite format 3\0")]],
];

/** What a source is packed with that is not read; null where that is not known. */
export function otherPacking(first: Uint8Array): string | null {
  return OTHERS.find(([, bytes]) => bytes.every((byte, i) => first[i] === byte))?.[0] ?? null;
}

const MAGICS: readonly (readonly [name: Sniffed, bytes: readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

/** A frame of zstd that holds no text: `pzstd` writes one before each that does. */
function isSkippable(first: Uint8Array): boolean {
  const [least = 0, ...others] = first.subarray(0, 4);
  return least >> 4 === 5 && others.join() === "42,77,24";
}

/** Judges a source by its first bytes. */
export function sniff(first: Uint8Array): Sniffed {
  for (const [name, bytes] of MAGICS) {
    if (bytes.every((byte, i) => first[i] === byte)) return name;
  }
  if (isSkippable(first)) return "zstd";
  if (otherPacking(first) !== null) return "other-archive";
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
