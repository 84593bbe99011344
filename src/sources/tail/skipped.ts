/** A stream without its first bytes, which are known. */
import type { ByteStream } from "../scan/bytes.ts";

const STEP_BYTES = 64 * 1024;

/** Reads over the first `count` bytes of a stream and returns the last of them, so that they can be compared; null where it is shorter. */
export async function skip(stream: ByteStream, count: number, kept: number): Promise<Buffer | null> {
  const step = Buffer.allocUnsafe(STEP_BYTES);
  let last: Buffer = Buffer.alloc(0);
  for (let left = count; left > 0; ) {
    const read = await stream.read(step.subarray(0, Math.min(left, STEP_BYTES)));
    if (read <= 0) return null;
    left -= read;
    const both = Buffer.concat([last, step.subarray(0, read)]);
    last = both.subarray(Math.max(0, both.length - kept));
  }
  return last;
}
