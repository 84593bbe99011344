/**
 * A tar archive -> its files as lines, each below its name as `tail` prints it (`==> app.log <==`), POSIX.1-1988 (ustar) and GNU.
 */

const BLOCK = 512;
const MARK = "ustar";
const MARK_AT = 257;

/** True for the first bytes of an archive. */
export function isTar(first: Uint8Array): boolean {
  return Buffer.from(first.subarray(MARK_AT, MARK_AT + MARK.length)).toString("latin1") === MARK;
}

interface Entry {
  readonly name: string;
  readonly size: number;
  readonly isFile: boolean;
}

function entryOf(header: Buffer): Entry {
  const text = (from: number, length: number): string =>
    header
      .toString("utf8", from, from + length)
      .replace(/\0.*$/s, "")
      .trim();
  // What needs more than eleven octal digits is written as a number of bytes, as GNU does
  const isBinary = ((header[124] as number) & 0x80) !== 0;
  const size = isBinary ? Number(header.readBigUInt64BE(128)) : Number.parseInt(text(124, 12), 8);
  const folder = text(345, 155);
  const name = text(0, 100);
  const kind = header[156];
  return {
    name: (folder === "" ? name : `${folder}/${name}`).replace(/[\r\n]/g, " "),
    size: Number.isFinite(size) && size > 0 ? size : 0,
    isFile: kind === 0x30 || kind === 0,
  };
}

/** Bytes of an archive that belong together. */
interface Part {
  length: number;
  /** A file's own, and not what fills its last block. */
  readonly shown: boolean;
}

function partsOf({ size, isFile }: Entry): readonly Part[] {
  if (size === 0) return [];
  return [
    { length: size, shown: isFile },
    { length: (BLOCK - (size % BLOCK)) % BLOCK, shown: false },
  ];
}

const CHECKSUM_AT = 148;
const CHECKSUM_LENGTH = 8;

/** Says whether a block is a header: the sum of its bytes, its own place taken for blanks, stands in it. */
function isHeader(block: Buffer): boolean {
  let sum = CHECKSUM_LENGTH * 0x20;
  for (let i = 0; i < block.length; i += 1)
    if (i < CHECKSUM_AT || i >= CHECKSUM_AT + CHECKSUM_LENGTH) sum += block[i] as number;
  return Number.parseInt(block.toString("latin1", CHECKSUM_AT, CHECKSUM_AT + CHECKSUM_LENGTH), 8) === sum;
}

/** Walks through the blocks of one archive. */
class Walk {
  readonly #onDamage: (message: string) => void;
  #parts: Part[] = [];
  #state: "whole" | "lost" | "ended" = "whole";

  constructor(onDamage: (message: string) => void) {
    this.#onDamage = onDamage;
  }

  /** How many bytes are to be there before the next step. */
  get least(): number {
    return this.#parts.length > 0 ? 1 : BLOCK;
  }

  /** How many bytes the next step takes at most. */
  get most(): number {
    return this.#parts[0]?.length ?? BLOCK;
  }

  /** What is shown of the next bytes. */
  take(bytes: Buffer): Buffer[] {
    const [part] = this.#parts;
    const shown = part === undefined ? this.#takeHeader(bytes) : takePart(part, bytes);
    while (this.#parts[0]?.length === 0) this.#parts.shift();
    return shown;
  }

  #takeHeader(block: Buffer): Buffer[] {
    if (isHeader(block)) {
      this.#state = "whole";
      const entry = entryOf(block);
      this.#parts.push(...partsOf(entry));
      return entry.isFile && entry.name !== "" ? [Buffer.from(`==> ${entry.name} <==\n`)] : [];
    }
    if (this.#state !== "whole") return [];
    const isEmpty = block.every((byte) => byte === 0);
    this.#state = isEmpty ? "ended" : "lost";
    if (!isEmpty) this.#onDamage("a header in it is broken, and what it names is not read");
    return [];
  }

  /** No more bytes will come. */
  finish(): void {
    if (this.#parts.some(({ shown }) => shown)) this.#onDamage("it ends in the middle of a file");
    else if (this.#state === "whole") this.#onDamage("it ends without its end, and files may be missing");
  }
}

function takePart(part: Part, bytes: Buffer): Buffer[] {
  part.length -= bytes.length;
  if (!part.shown) return [];
  // The next name stands on a line of its own
  return part.length === 0 ? [Buffer.from(bytes), Buffer.from("\n")] : [Buffer.from(bytes)];
}

/**
 * The contents of an archive, one file behind the other; what follows its end is passed over. `onDamage` is told where files are missing: behind
 * a damaged header the next good one is looked for.
 */
export async function* linesOfTar(
  chunks: AsyncIterable<Uint8Array>,
  onDamage: (message: string) => void,
): AsyncGenerator<Uint8Array> {
  const walk = new Walk(onDamage);
  let waiting = Buffer.alloc(0);
  for await (const chunk of chunks) {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= walk.least) {
      const bytes = waiting.subarray(0, walk.most);
      waiting = waiting.subarray(bytes.length);
      yield* walk.take(bytes);
    }
  }
  walk.finish();
}
