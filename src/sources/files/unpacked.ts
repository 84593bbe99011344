/**
 * Bytes of any packing -> text: what is inside a gzip may be UTF-16, and standard input may be either. That shows only when the first bytes
 * arrive.
 */
import { decodeUtf16, gunzip, unzstd } from "../scan/unpack.ts";
import { sniff } from "./sniff.ts";

/** Takes what is wrong with packed data: how it is packed, and the fault. */
export type OnDamage = (packing: string, message: string) => void;

type Chunks = AsyncIterable<Uint8Array | string>;

/** More layers than that are no log. */
const MAX_LAYERS = 3;
/** So many bytes tell one packing from another. */
const MAGIC_BYTES = 4;

/** The first bytes of a stream; empty where there are none. */
export async function firstOf(stream: Chunks): Promise<Buffer> {
  for await (const chunk of stream) if (chunk.length > 0) return Buffer.from(chunk);
  return Buffer.alloc(0);
}

/** The first bytes of a stream, put back before the others. */
async function* again(first: Uint8Array, rest: AsyncIterator<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  try {
    if (first.length > 0) yield first;
    for (;;) {
      const next = await rest.next();
      if (next.done === true) return;
      yield typeof next.value === "string" ? Buffer.from(next.value) : next.value;
    }
  } finally {
    await rest.return?.();
  }
}

/** The text of a stream, whatever it is packed in. */
export async function* unpacked(chunks: Chunks, onDamage: OnDamage, layers = 0): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  let first = Buffer.alloc(0);
  while (first.length < MAGIC_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    first = Buffer.concat([first, typeof next.value === "string" ? Buffer.from(next.value) : next.value]);
  }
  const all = again(first, iterator);
  const what = layers < MAX_LAYERS ? sniff(first) : "text";
  switch (what) {
    case "gzip":
      yield* unpacked(
        gunzip(all, (message) => onDamage("gzip", message)),
        onDamage,
        layers + 1,
      );
      return;
    case "zstd":
      yield* unpacked(
        unzstd(all, (message) => onDamage("zstd", message)),
        onDamage,
        layers + 1,
      );
      return;
    case "utf-16le":
    case "utf-16be":
      yield* decodeUtf16(all, what);
      return;
    default:
      yield* all;
  }
}
