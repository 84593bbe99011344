/**
 * Packed bytes -> the text inside: gzip, zstd, UTF-16. What is whole comes out, however the rest is damaged.
 */
import {
  constants,
  crc32,
  createInflateRaw,
  createZstdDecompress,
  type InflateRaw,
  type ZstdDecompress,
} from "node:zlib";

/** So much goes in at once: at the highest compression of gzip (1 to 1032) what comes out still fits in memory. Each step is a trip to another thread. */
const STEP: number = 64 * 1024;
/** A stream of zstd may make ten thousand bytes of one: it begins with small steps, and takes larger ones while little comes out. */
const FIRST_STEP = 512;
const MUCH_OUT: number = 4 * 1024 * 1024;
const OUT_BYTES: number = 256 * 1024;

/** Chunks that arrive when they like, taken in the sizes that a format needs. */
class Pulled {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** What is there of the next `count` bytes; fewer only at the end. They are not taken yet. */
  async peek(count: number): Promise<Buffer> {
    while (this.#rest.length < count) {
      const next = await this.#chunks.next();
      if (next.done === true) break;
      // A chunk may be overwritten by the next one
      this.#rest = Buffer.concat([this.#rest, next.value]);
    }
    return this.#rest.subarray(0, count);
  }

  take(count: number): void {
    this.#rest = this.#rest.subarray(count);
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

/** One stream of zlib's kind, fed step by step; everything that came out before an error is kept. */
class Unpacker {
  readonly #engine: InflateRaw | ZstdDecompress;
  #ready: Buffer[] = [];
  #made = 0;
  #fed = 0;
  /** How much to feed next. */
  step: number;
  /** Its own end was seen, or damage. */
  done = false;
  damage: Error | null = null;

  constructor(engine: InflateRaw | ZstdDecompress, step: number = STEP) {
    this.#engine = engine;
    this.step = step;
    // Flowing, not iterated: an error would throw away chunks that nobody has taken yet
    engine.on("data", (chunk: Buffer) => {
      this.#ready.push(chunk);
      this.#made += chunk.length;
    });
    engine.on("end", () => {
      this.done = true;
    });
    engine.on("error", (error: Error) => {
      this.damage = error;
      this.done = true;
    });
  }

  /** Feeds one step; resolves when it is worked off, with how many of its bytes belong to what follows. */
  async feed(bytes: Uint8Array): Promise<number> {
    this.#fed += bytes.length;
    this.#made = 0;
    await this.#settled((then) => this.#engine.write(bytes, then));
    this.step = this.#made > MUCH_OUT ? Math.max(16, this.step >> 2) : Math.min(STEP, this.step * 2);
    return this.#left();
  }

  /** No more bytes will come. */
  async finish(): Promise<void> {
    // Not its callback: that a stream of zstd was cut is told behind it
    await new Promise<void>((resolve) => {
      for (const event of ["end", "error", "close"]) this.#engine.once(event, () => setImmediate(resolve));
      this.#engine.end();
    });
  }

  async #settled(start: (then: () => void) => void): Promise<void> {
    await new Promise<void>((resolve) => {
      const settle = (): void => resolve();
      this.#engine.once("error", settle);
      this.#engine.once("end", settle);
      start(() => {
        this.#engine.off("error", settle);
        this.#engine.off("end", settle);
        // What was made of the last bytes, and the stream's own end, are told behind this
        setImmediate(resolve);
      });
    });
  }

  #left(): number {
    return this.done && this.damage === null ? this.#fed - this.#engine.bytesWritten : 0;
  }

  /** What came out since the last call. */
  takeReady(): Buffer[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  close(): void {
    this.#engine.destroy();
  }
}

const [FHCRC, FEXTRA, FNAME, FCOMMENT] = [2, 4, 8, 16];

/** Passes over the header of a gzip member; false where none stands there or it is cut. */
async function takeGzipHeader(bytes: Pulled): Promise<boolean> {
  const head = await bytes.peek(10);
  if (head.length < 10 || head[0] !== 0x1f || head[1] !== 0x8b || head[2] !== 8) return false;
  const flags = head[3] as number;
  bytes.take(10);
  if ((flags & FEXTRA) !== 0) {
    const length = await bytes.peek(2);
    if (length.length < 2) return false;
    const size = 2 + length.readUInt16LE();
    await bytes.peek(size);
    bytes.take(size);
  }
  for (const flag of [FNAME, FCOMMENT]) {
    if ((flags & flag) === 0) continue;
    for (let size = 256; ; size *= 2) {
      const text = await bytes.peek(size);
      const end = text.indexOf(0);
      if (end < 0 && text.length < size) return false;
      if (end < 0) continue;
      bytes.take(end + 1);
      break;
    }
  }
  if ((flags & FHCRC) !== 0) {
    await bytes.peek(2);
    bytes.take(2);
  }
  return true;
}

/**
 * The text inside a gzip, members one after another. A wrong checksum, bytes behind the end, a cut or a broken block are told by `onDamage`;
 * what could be read is yielded.
 *
 * The frame around the data is read here and not by zlib, which throws away what it has made when the checksum behind it is wrong.
 */
export async function* gunzip(
  compressed: AsyncIterable<Uint8Array>,
  onDamage: (message: string) => void,
): AsyncGenerator<Uint8Array> {
  const bytes = new Pulled(compressed);
  let told = false;
  try {
    for (let members = 0; ; members += 1) {
      const first = await bytes.peek(1);
      if (first.length === 0 && members > 0) return;
      // Tapes and block devices fill up with zeros
      if (members > 0 && first[0] === 0 && (await bytes.peek(STEP)).every((byte) => byte === 0)) return;
      if (!(await takeGzipHeader(bytes))) {
        // Where a broken block looked like an end, what follows is only the rest of it
        if (!told) onDamage(members === 0 ? "it has no whole header" : "bytes behind its end");
        return;
      }
      const fault = yield* inflateMember(bytes);
      told = fault !== null;
      if (fault !== null) onDamage(fault.message);
      if (fault?.last === true) return;
    }
  } finally {
    await bytes.close();
  }
}

async function* inflateMember(
  bytes: Pulled,
): AsyncGenerator<Uint8Array, { readonly message: string; readonly last: boolean } | null> {
  const unpacker = new Unpacker(createInflateRaw({ chunkSize: OUT_BYTES, finishFlush: constants.Z_SYNC_FLUSH }));
  let sum = 0;
  let size = 0;
  try {
    for (;;) {
      const step = Buffer.from(await bytes.peek(STEP));
      if (step.length === 0) await unpacker.finish();
      const left = step.length === 0 ? 0 : await unpacker.feed(step);
      bytes.take(step.length - left);
      for (const chunk of unpacker.takeReady()) {
        sum = crc32(chunk, sum);
        size = (size + chunk.length) >>> 0;
        yield chunk;
      }
      if (unpacker.damage !== null) return { message: unpacker.damage.message, last: true };
      if (step.length === 0) return { message: "unexpected end of file", last: true };
      if (unpacker.done) break;
    }
    const trailer = await bytes.peek(8);
    if (trailer.length < 8) return { message: "unexpected end of file", last: true };
    bytes.take(8);
    const right = trailer.readUInt32LE(0) === sum && trailer.readUInt32LE(4) === size;
    return right ? null : { message: "incorrect data check", last: false };
  } finally {
    unpacker.close();
  }
}

/** True for the head of a frame that holds no text (RFC 8878, 3.1.2), and its length. */
function isSkippableFrame(head: Buffer): boolean {
  return head.length === 8 && (head.readUInt32LE(0) & 0xffff_fff0) === 0x184d_2a50;
}

/** Passes over as many bytes; false where there are not so many. */
async function skipBytes(bytes: Pulled, count: number): Promise<boolean> {
  for (let left = count; left > 0; ) {
    const { length } = await bytes.peek(Math.min(left, STEP));
    if (length === 0) return false;
    bytes.take(length);
    left -= length;
  }
  return true;
}

/** The text inside a zstd stream, frames one after another; damage as {@link gunzip} has it. */
export async function* unzstd(
  compressed: AsyncIterable<Uint8Array>,
  onDamage: (message: string) => void,
): AsyncGenerator<Uint8Array> {
  const bytes = new Pulled(compressed);
  try {
    while ((await bytes.peek(4)).length > 0) {
      const head = await bytes.peek(8);
      if (isSkippableFrame(head)) {
        if (await skipBytes(bytes, 8 + head.readUInt32LE(4))) continue;
        return onDamage("unexpected end of file");
      }
      if (head.toString("latin1", 0, 4) !== "(\u00b5/\u00fd") return onDamage("bytes behind its end");
      const unpacker = new Unpacker(createZstdDecompress({ chunkSize: OUT_BYTES }), FIRST_STEP);
      try {
        while (!unpacker.done) {
          const step = Buffer.from(await bytes.peek(unpacker.step));
          if (step.length === 0) await unpacker.finish();
          bytes.take(step.length - (step.length === 0 ? 0 : await unpacker.feed(step)));
          yield* unpacker.takeReady();
          if (step.length === 0) break;
        }
        if (unpacker.damage !== null) return onDamage(unpacker.damage.message);
      } finally {
        unpacker.close();
      }
    }
  } finally {
    await bytes.close();
  }
}

/** UTF-16 as UTF-8. A half of a pair without the other becomes U+FFFD. */
export async function* decodeUtf16(
  chunks: AsyncIterable<Uint8Array>,
  encoding: "utf-16le" | "utf-16be",
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}
