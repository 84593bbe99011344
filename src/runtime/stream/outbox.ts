/**
 * What a connection has to say, encoded and not yet handed to the transport.
 *
 * Frames are encoded in place into one growing buffer, which goes out whole when the transport flushes. Resets have a buffer of their own
 * that goes first: an Rst overtakes the frames of other streams, and the frames of its own stream are cut out.
 *
 * Pure.
 */
import { ByteWriter, type FrameContent, writeFrame } from "../wire/index.ts";

/** A buffer that grew beyond this is not kept for the next turn. */
const MAX_KEPT_BYTES = 1024 * 1024;
const FIRST_BYTES = 64 * 1024;

/** The outgoing frames of one connection. */
export class Outbox {
  /** How often this box was emptied; a frame written at the same count as now has not left yet. */
  epoch = 0;
  #main = new ByteWriter(1024);
  #urgent: ByteWriter | null = null;
  #spare: Buffer | null = null;

  /** Bytes that wait. */
  get bytes(): number {
    return this.#main.at + (this.#urgent?.at ?? 0);
  }

  /** Begins a Data frame with a ready-made head; the payload is to be written behind it. */
  beginData(head: Uint8Array): ByteWriter {
    const writer = this.#main;
    const { at } = writer;
    const { length } = head;
    writer.ensure(length + 256);
    const { bytes } = writer;
    for (let i = 0; i < length; i += 1) bytes[at + i] = head[i] as number;
    writer.at = at + length;
    return writer;
  }

  /** Ends the Data frame that began at `start`; returns the bytes of its payload. */
  endData(start: number, headBytes: number): number {
    const writer = this.#main;
    const total = writer.at - start;
    writer.patchU32(start, total - 4);
    return total - headBytes;
  }

  /** Takes back a Data frame whose payload could not be encoded. */
  rewind(start: number): void {
    this.#main.rewind(start);
  }

  /** Where the next ordinary frame begins. */
  get position(): number {
    return this.#main.at;
  }

  /** Adds a frame behind the others. Throws WireError where it does not fit the format. */
  write(frame: FrameContent): void {
    writeFrame(this.#main, frame);
  }

  /** Adds a frame before all that are not urgent. */
  writeUrgent(frame: FrameContent): void {
    this.#urgent ??= new ByteWriter(512);
    writeFrame(this.#urgent, frame);
  }

  /** Cuts the waiting frames of a stream out; returns how many there were. */
  dropStream(streamId: number): number {
    const writer = this.#main;
    const { bytes } = writer;
    let kept = 0;
    let dropped = 0;
    for (let at = 0; at < writer.at; ) {
      const size = bytes.readUInt32BE(at) + 4;
      if (bytes.readInt32BE(at + 8) === streamId) dropped += 1;
      else {
        if (kept !== at) bytes.copyWithin(kept, at, at + size);
        kept += size;
      }
      at += size;
    }
    writer.at = kept;
    return dropped;
  }

  /** Everything that waits, urgent first. The buffers belong to the taker until it gives them to {@link recycle}. */
  take(): Buffer[] {
    const parts: Buffer[] = [];
    const urgent = this.#urgent;
    if (urgent !== null && urgent.at > 0) {
      parts.push(urgent.bytes.subarray(0, urgent.at));
      this.#urgent = null;
    }
    const main = this.#main;
    if (main.at > 0) {
      parts.push(main.bytes.subarray(0, main.at));
      main.bytes = this.#spare ?? Buffer.allocUnsafeSlow(FIRST_BYTES);
      this.#spare = null;
      main.at = 0;
    }
    if (parts.length > 0) this.epoch += 1;
    return parts;
  }

  /** Gives a written buffer back, to be filled again. */
  recycle(part: Buffer): void {
    if (this.#spare !== null || part.buffer.byteLength > MAX_KEPT_BYTES) return;
    if (part.buffer.byteLength < FIRST_BYTES) return;
    this.#spare = Buffer.from(part.buffer);
  }
}
