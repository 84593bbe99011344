/**
 * What a connection has to say, encoded and not yet handed to the transport.
 *
 * Frames are encoded in place into segments, which go out one at a time: what waits behind the one under way can still be overtaken or
 * taken back. Resets have a buffer of their own that goes first, and the frames of their own streams are cut out. That costs those frames
 * and no others: each frame is looked at once to learn whose it is, and the gaps are closed when their segment leaves.
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

/** A segment that has so much is full. It ends with a whole frame, so a large message makes it larger. */
const SEGMENT_BYTES = 128 * 1024;

/** What the buffer of a full segment has room for: most messages fit behind the limit. */
const FULL_BYTES = SEGMENT_BYTES + 32 * 1024;

/** Buffers beyond this together are not kept for the next segments. */
const MAX_KEPT_BYTES = 1024 * 1024;
const FIRST_BYTES = 64 * 1024;

/** Overwrites the first byte of a frame's magic where the frame was dropped. */
const DROPPED = 0xff;
const MAGIC_AT = 4;

/** Frames that leave together. */
export interface Segment {
  readonly writer: ByteWriter;
  /** Where the frame begins that is being encoded; -1 between frames. */
  unfinished: number;
  /** Bytes of frames that were dropped. */
  dropped: number;
  /** Bytes of frames that are no messages. */
  control: number;
  /** Where each stream's frames begin, as far as looked at: only once a stream was dropped. */
  frames: Map<number, number[]> | null;
  lookedAt: number;
}

function newSegment(bytes: Buffer | null): Segment {
  const writer = new ByteWriter(bytes === null ? 1024 : 0);
  if (bytes !== null) writer.bytes = bytes;
  return { writer, unfinished: -1, dropped: 0, control: 0, frames: null, lookedAt: 0 };
}

/** The outgoing frames of one connection. */
export class Outbox {
  /** The number of the segment that frames are written into. */
  epoch = 0;
  /** Bytes that wait, are not urgent and no messages: nobody can be made to wait with those. */
  controlBytes = 0;
  #active: Segment = newSegment(null);
  /** Segments that are full, the oldest first. */
  #full: Segment[] = [];
  #fullBytes = 0;
  #urgent: ByteWriter | null = null;
  /** Buffers to be filled again. */
  #spares: Buffer[] = [];
  #spareBytes = 0;
  readonly #limits: WireLimits;

  constructor(limits: WireLimits = DEFAULT_WIRE_LIMITS) {
    this.#limits = limits;
  }

  /** Bytes that wait. */
  get bytes(): number {
    const { writer, dropped } = this.#active;
    return this.#fullBytes + writer.at - dropped + this.urgentBytes;
  }

  /** Those of them that are urgent. */
  get urgentBytes(): number {
    return this.#urgent?.at ?? 0;
  }

  /** True while a frame that was written at this {@link epoch} has not left. */
  holds(epoch: number): boolean {
    return epoch >= this.epoch - this.#full.length;
  }

  /** Begins a Data frame with a ready-made head; the payload is to be written behind it, and {@link endData} or {@link rewind} called. */
  beginData(head: Uint8Array): Segment {
    const segment = this.#room();
    const { writer } = segment;
    const { at } = writer;
    const { length } = head;
    writer.ensure(length + 256);
    const { bytes } = writer;
    for (let i = 0; i < length; i += 1) bytes[at + i] = head[i] as number;
    writer.at = at + length;
    segment.unfinished = at;
    return segment;
  }

  /** Ends the Data frame that is being encoded; returns the bytes of its payload. Throws WireError where it is beyond the limit. */
  endData(segment: Segment, headBytes: number): number {
    const { writer, unfinished } = segment;
    const total = writer.at - unfinished;
    if (total > this.#limits.maxFrameBytes) throw tooLarge("frame", total, this.#limits.maxFrameBytes, 0);
    writer.patchU32(unfinished, total - 4);
    segment.unfinished = -1;
    if (segment !== this.#active) this.#fullBytes += total;
    return total - headBytes;
  }

  /** Takes back a Data frame whose payload could not be encoded. */
  rewind(segment: Segment): void {
    segment.writer.rewind(segment.unfinished);
    segment.unfinished = -1;
  }

  /** Adds a frame behind the others. Throws WireError where it does not fit the format or the limits. */
  write(frame: FrameContent): void {
    const segment = this.#room();
    const { writer } = segment;
    const { at } = writer;
    writeFrame(writer, frame, this.#limits);
    segment.control += writer.at - at;
    this.controlBytes += writer.at - at;
  }

  /** Adds a frame before all that are not urgent. Throws as {@link write} does. */
  writeUrgent(frame: FrameContent): void {
    this.#urgent ??= new ByteWriter(512);
    writeFrame(this.#urgent, frame, this.#limits);
  }

  /** The segment for the next frame: a new one where this one is full, or where a codec sends in the middle of encoding. */
  #room(): Segment {
    const active = this.#active;
    if (active.unfinished < 0 && active.writer.at < SEGMENT_BYTES) return active;
    this.#full.push(active);
    this.#fullBytes += (active.unfinished < 0 ? active.writer.at : active.unfinished) - active.dropped;
    return this.#begin(FULL_BYTES);
  }

  #begin(bytes: number): Segment {
    const spare = this.#spares.pop();
    this.#spareBytes -= spare?.length ?? 0;
    this.#active = newSegment(spare ?? Buffer.allocUnsafeSlow(bytes));
    this.epoch += 1;
    return this.#active;
  }

  /** Cuts the waiting frames of a stream out, which were written in these epochs; returns how many there were. */
  dropStream(streamId: number, first = 0, last: number = this.epoch): number {
    const full = this.#full;
    const oldest = this.epoch - full.length;
    let count = 0;
    for (let i = Math.max(0, first - oldest); i < full.length && i <= last - oldest; i += 1) {
      const segment = full[i] as Segment;
      const { dropped } = segment;
      count += dropFrom(segment, streamId);
      this.#fullBytes -= segment.dropped - dropped;
    }
    return last < this.epoch ? count : count + dropFrom(this.#active, streamId);
  }

  /** What leaves next: everything urgent, and one segment. The buffers belong to the taker until it gives them to {@link recycle}. */
  take(): Buffer[] {
    const parts: Buffer[] = [];
    const urgent = this.#urgent;
    if (urgent !== null && urgent.at > 0) {
      parts.push(urgent.bytes.subarray(0, urgent.at));
      this.#urgent = null;
    }
    const main = this.#takeSegment();
    if (main !== null) parts.push(main);
    return parts;
  }

  /** The oldest segment of which anything is left; null while it is being written. */
  #takeSegment(): Buffer | null {
    for (;;) {
      const segment = this.#full[0] ?? this.#active;
      if (segment.unfinished >= 0 || segment.writer.at === 0) return null;
      if (segment === this.#active) this.#begin(FIRST_BYTES);
      else {
        this.#full.shift();
        this.#fullBytes -= segment.writer.at - segment.dropped;
      }
      this.controlBytes -= segment.control;
      if (segment.dropped > 0) closeGaps(segment);
      const { bytes, at } = segment.writer;
      if (at > 0) return bytes.subarray(0, at);
    }
  }

  /** Gives a written buffer back, to be filled again. */
  recycle(part: Buffer): void {
    const { byteLength } = part.buffer;
    if (byteLength < FIRST_BYTES || this.#spareBytes + byteLength > MAX_KEPT_BYTES) return;
    this.#spares.push(Buffer.from(part.buffer));
    this.#spareBytes += byteLength;
  }
}

function dropFrom(segment: Segment, streamId: number): number {
  look(segment);
  const frames = segment.frames?.get(streamId);
  if (frames === undefined) return 0;
  segment.frames?.delete(streamId);
  const { bytes } = segment.writer;
  for (const at of frames) {
    bytes[at + MAGIC_AT] = DROPPED;
    segment.dropped += bytes.readUInt32BE(at) + 4;
  }
  return frames.length;
}

/** Learns whose the frames are that were written since the last look. */
function look(segment: Segment): void {
  const { writer, unfinished } = segment;
  const { bytes } = writer;
  const end = unfinished < 0 ? writer.at : unfinished;
  if (segment.lookedAt === end) return;
  segment.frames ??= new Map();
  while (segment.lookedAt < end) {
    const { lookedAt } = segment;
    const streamId = bytes.readInt32BE(lookedAt + 8);
    const known = segment.frames.get(streamId);
    if (known === undefined) segment.frames.set(streamId, [lookedAt]);
    else known.push(lookedAt);
    segment.lookedAt += bytes.readUInt32BE(lookedAt) + 4;
  }
}

/** Moves what is left together. */
function closeGaps({ writer }: Segment): void {
  const { bytes, at } = writer;
  let kept = 0;
  for (let frame = 0; frame < at; ) {
    const end = frame + bytes.readUInt32BE(frame) + 4;
    if (bytes[frame + MAGIC_AT] !== DROPPED) {
      if (kept !== frame) bytes.copyWithin(kept, frame, end);
      kept += end - frame;
    }
    frame = end;
  }
  writer.at = kept;
}
