/**
 * What a connection has to say, encoded and not yet handed to the transport.
 *
 * Frames are encoded in place into one growing buffer, which goes out whole when the transport flushes. Resets have a buffer of their own
 * that goes first: an Rst overtakes the frames of other streams, and the frames of its own stream are cut out. That costs its own frames
 * and no others: each frame is looked at once to learn whose it is, and the gaps are closed when everything leaves.
 *
 * What the peer would not take, by the limits both have by default, is not written: it would end more than its own stream.
 *
 * Pure.
 */
import {
  ByteWriter,
  DEFAULT_WIRE_LIMITS,
  type FrameContent,
  tooLarge,
  type WireLimits,
  writeFrame,
} from "../wire/index.ts";

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
  readonly #limits: WireLimits;
  /** Where each stream's frames begin, as far as looked at: only once a stream was dropped. */
  readonly #frames = new Map<number, number[]>();
  #lookedAt = 0;
  /** Where the frame begins that is being encoded; -1 between frames. */
  #unfinished = -1;
  #gaps: { readonly at: number; readonly bytes: number }[] = [];
  #gapBytes = 0;

  constructor(limits: WireLimits = DEFAULT_WIRE_LIMITS) {
    this.#limits = limits;
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#main.at - this.#gapBytes + (this.#urgent?.at ?? 0);
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
    this.#unfinished = at;
    return writer;
  }

  /** Ends the Data frame that began at `start`; returns the bytes of its payload. Throws WireError where it is beyond the limit. */
  endData(start: number, headBytes: number): number {
    const writer = this.#main;
    const total = writer.at - start;
    if (total > this.#limits.maxFrameBytes) throw tooLarge("frame", total, this.#limits.maxFrameBytes, 0);
    writer.patchU32(start, total - 4);
    this.#unfinished = -1;
    return total - headBytes;
  }

  /** Takes back a Data frame whose payload could not be encoded. */
  rewind(start: number): void {
    this.#main.rewind(start);
    this.#unfinished = -1;
  }

  /** Where the next ordinary frame begins. */
  get position(): number {
    return this.#main.at;
  }

  /** Adds a frame behind the others. Throws WireError where it does not fit the format or the limits. */
  write(frame: FrameContent): void {
    writeFrame(this.#main, frame, this.#limits);
  }

  /** Adds a frame before all that are not urgent. Throws as {@link write} does. */
  writeUrgent(frame: FrameContent): void {
    this.#urgent ??= new ByteWriter(512);
    writeFrame(this.#urgent, frame, this.#limits);
  }

  /** Cuts the waiting frames of a stream out; returns how many there were. */
  dropStream(streamId: number): number {
    this.#look();
    const frames = this.#frames.get(streamId);
    if (frames === undefined) return 0;
    this.#frames.delete(streamId);
    for (const at of frames) {
      const bytes = this.#main.bytes.readUInt32BE(at) + 4;
      this.#gaps.push({ at, bytes });
      this.#gapBytes += bytes;
    }
    return frames.length;
  }

  /** Learns whose the frames are that were written since the last look. */
  #look(): void {
    const { bytes, at } = this.#main;
    const end = this.#unfinished < 0 ? at : this.#unfinished;
    while (this.#lookedAt < end) {
      const streamId = bytes.readInt32BE(this.#lookedAt + 8);
      const known = this.#frames.get(streamId);
      if (known === undefined) this.#frames.set(streamId, [this.#lookedAt]);
      else known.push(this.#lookedAt);
      this.#lookedAt += bytes.readUInt32BE(this.#lookedAt) + 4;
    }
  }

  #forget(): void {
    this.#frames.clear();
    this.#lookedAt = 0;
  }

  /** Moves what is left together. */
  #closeGaps(): void {
    const writer = this.#main;
    const gaps = this.#gaps.sort((a, b) => a.at - b.at);
    let kept = gaps[0]?.at ?? writer.at;
    for (const [i, { at, bytes }] of gaps.entries()) {
      const next = gaps[i + 1]?.at ?? writer.at;
      writer.bytes.copyWithin(kept, at + bytes, next);
      kept += next - at - bytes;
    }
    writer.at = kept;
    this.#gaps = [];
    this.#gapBytes = 0;
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
    if (this.#gaps.length > 0) this.#closeGaps();
    if (this.#lookedAt > 0) this.#forget();
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
