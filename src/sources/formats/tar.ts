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
  const size = Number.parseInt(text(124, 12), 8);
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

/** The contents of an archive, one file behind the other; what follows its end or is cut off is passed over. */
export async function* linesOfTar(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting = Buffer.alloc(0);
  const parts: Part[] = [];
  for await (const chunk of chunks) {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= (parts.length > 0 ? 1 : BLOCK)) {
      const [part] = parts;
      const bytes = waiting.subarray(0, part?.length ?? BLOCK);
      waiting = waiting.subarray(bytes.length);
      if (part === undefined) {
        const entry = entryOf(bytes);
        if (entry.isFile && entry.name !== "") yield Buffer.from(`==> ${entry.name} <==\n`);
        parts.push(...partsOf(entry));
      } else {
        part.length -= bytes.length;
        if (part.shown) yield Buffer.from(bytes);
        // The next name stands on a line of its own
        if (part.length === 0 && part.shown) yield Buffer.from("\n");
      }
      while (parts[0]?.length === 0) parts.shift();
    }
  }
}
