/**
 * By what the content of a log is known again when its file was copied, renamed, truncated or packed: its first bytes, and the last ones that
 * were read.
 */

import type { RandomBytes } from "../scan/bytes.ts";
import type { Position } from "../scan/line-marks.ts";

type Readable = Pick<RandomBytes, "readAt">;

/** A log as far as it has been read. */
export interface Content {
  readonly head: Buffer;
  readonly position: Position;
  /** The bytes right before the position. */
  readonly mark: Buffer;
}

/** So many first bytes are compared. */
export const HEAD_BYTES = 1024;
/** So many bytes before a position are compared. */
export const MARK_BYTES = 256;

/** Reads the bytes right before a position; fewer where there are not so many. */
export async function readMark(bytes: Readable, end: number): Promise<Buffer> {
  const mark = Buffer.alloc(Math.min(MARK_BYTES, end));
  return mark.subarray(0, await bytes.readAt(mark, end - mark.length));
}

/** Says whether one of two heads begins with the other; no byte says nothing. */
export function isSameHead(one: Buffer, other: Buffer): boolean {
  const length = Math.min(one.length, other.length);
  return length > 0 && one.subarray(0, length).equals(other.subarray(0, length));
}

/** A log of which one asks whether it is known. */
export interface Candidate {
  /** Bytes of its text; null where only unpacking would tell. */
  readonly textBytes: number | null;
  /** The bytes right before a position; null where it is shorter. */
  markAt(position: number): Promise<Buffer | null>;
}

/**
 * How far a log that begins like `content` is known from there: the position that was read to, or its own end where it is a copy of less
 * than that; null where it goes on otherwise.
 */
export async function knownPart({ position, mark }: Content, candidate: Candidate): Promise<Position | null> {
  const found = await candidate.markAt(position.byte);
  if (found !== null) return mark.length === 0 || found.equals(mark) ? position : null;
  return { ...position, byte: candidate.textBytes ?? position.byte };
}

/** Says whether a file of so many bytes is, as far as it goes, a copy of another one that is there. */
export async function isCopy(copy: Readable, size: number, original: Readable, originalSize: number): Promise<boolean> {
  if (size > originalSize) return false;
  return (await readMark(copy, size)).equals(await readMark(original, size));
}
