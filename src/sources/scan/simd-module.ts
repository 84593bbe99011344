/**
 * The two inner loops of the scan as a WebAssembly module with 128-bit vectors, assembled here.
 *
 * `search` writes down where a key may stand: four neighbouring bytes of a pattern, in any case of letters. It looks in two ways at once, for
 * sixteen bytes a round.
 *
 * Keys of the first way are found wherever they begin, by the first half of the "Teddy" algorithm (known from Hyperscan and ripgrep): each is
 * put into one of sixteen buckets; for each of its four bytes two tables (by the low and the high half of the byte) say which buckets it may
 * belong to, and a key may end where the four answers have a bucket in common. Buckets of many keys take too much for their own, so this is
 * for patterns that are short, or rare throughout.
 *
 * Keys of the second way are looked for at every fourth byte only, by their hash (as Wu and Manber do): a pattern has four of them in a
 * row, so wherever it stands one of them is met. That way costs the same for ten patterns and for a thousand.
 *
 * What either finds is looked up in a table by a hash of its four bytes before it is written down; the caller compares the pattern around it.
 * `count` counts line feeds.
 *
 * Memory: the tables of two times eight buckets in the first 256 bytes, the table of hashes from `KEYS` on, from `FOUND` on the places that
 * were found, the window's bytes from `WINDOW_START` on, and 32 bytes behind its end that may be read (not believed). Nothing is imported.
 */
import { code, I32, name, op, section, unsigned, V128, vector } from "./assembler.ts";

/** How many neighbouring bytes are a key. */
export const KEY_LENGTH = 4;
/** How far apart the second way looks. */
export const STRIDE = 4;
/** Buckets that one set of tables holds. */
export const SET_BUCKETS = 8;
/** Sets of tables. */
export const SETS = 2;
/** The bytes of one set of tables: two halves for each of four positions. */
export const SET_BYTES: number = 32 * KEY_LENGTH;
const HASH_BITS = 16;
/** How many different hashes keys have. */
export const HASHES: number = 2 ** HASH_BITS;
/** Where the table of hashes begins in the module's memory: for each of them whether a key has it. */
export const KEYS = 1024;
/** Marks a key of the first way in that table. */
export const ANYWHERE = 4;
/** Marks a key of the second way. */
export const AT_STRIDE = 8;
/** How many bytes one call may search. */
export const MAX_SEARCHED: number = 16 * 1024;
/** Where the places begin that were found: a call finds every byte at most, and every fourth once more. */
export const FOUND: number = KEYS + HASHES;
/** Where the window's bytes begin in the module's memory. */
export const WINDOW_START: number = FOUND + 4 * (MAX_SEARCHED + MAX_SEARCHED / STRIDE + 64);
/** How many bytes behind the window's end may be read. */
export const SLACK = 32;

/** Any odd number with its bits well spread: 2 to the 32nd by the golden ratio. */
const SPREAD = 0x9e3779b1 | 0;
/** Sets the bit by which small letters differ from capitals; other bytes that it makes alike are told apart by the caller. */
const SMALL = 0x20202020;

/** Four bytes, the first the lowest, as a key. */
export function keyOf(bytes: number): number {
  return bytes | SMALL;
}

/** Where in the table of hashes a key is looked up. */
export function keyHash(key: number): number {
  return Math.imul(key, SPREAD) >>> (32 - HASH_BITS);
}

/** search(from, to): writes down the places of keys that begin in [from - 3, to) and says how many. Both are addresses. */
function searchCode(): number[] {
  const [from, to] = [0, 1];
  const bytes = 2;
  const [low, high, hashes] = [3, 4, 5];
  /** What the four positions say of these sixteen bytes; by set. */
  const says = Array.from({ length: SETS }, (_, set) => [6, 7, 8, 9].map((local) => local + 4 * set));
  /** What the first three said of the sixteen bytes before. */
  const said = Array.from({ length: SETS }, (_, set) => [14, 15, 16].map((local) => local + 3 * set));
  const found = 20;
  const tables = Array.from({ length: 8 * SETS }, (_, i) => 21 + i);
  const [left, at, out] = [37, 38, 39];
  const answer = (set: number, position: number): readonly (readonly number[])[] => [
    ...[op.get(tables[set * 8 + position * 2] as number), op.get(low), op.swizzle],
    ...[op.get(tables[set * 8 + position * 2 + 1] as number), op.get(high), op.swizzle, op.and],
    op.set(says[set]?.[position] as number),
  ];
  /** The buckets whose keys end at each of the bytes. */
  const ends = (set: number): readonly (readonly number[])[] => [
    op.get(says[set]?.[3] as number),
    ...[0, 1, 2].flatMap((position) => [
      ...[op.get(said[set]?.[position] as number), op.get(says[set]?.[position] as number)],
      ...[op.shuffle(13 + position), op.and],
    ]),
  ];
  const remember = (set: number): readonly (readonly number[])[] =>
    [0, 1, 2].flatMap((position) => [op.get(says[set]?.[position] as number), op.set(said[set]?.[position] as number)]);
  /** Writes a place down and keeps it if the byte on top says so. */
  const keep = (mark: number): readonly (readonly number[])[] => [
    ...[op.i32Const(mark), op.i32And, ...(mark === AT_STRIDE ? [op.i32Const(1), op.i32ShrU] : [])],
    ...[op.get(out), op.i32Add, op.set(out)],
  ];
  const sets = Array.from({ length: SETS }, (_, set) => set);
  return code(
    [
      [35, V128],
      [3, I32],
    ],
    [
      ...tables.flatMap((local, i) => [op.i32Const(0), op.load(i * 16), op.set(local)]),
      // Nothing is known of what stands before
      ...said.flat().flatMap((local) => [op.splat(0xff), op.set(local)]),
      ...[op.i32Const(FOUND), op.set(out)],
      op.block,
      op.loop,
      ...[op.get(from), op.get(to), op.i32GeS, op.brIf(1)],
      ...[op.get(from), op.load(0), op.tee(bytes), op.splat(0x0f), op.and, op.set(low)],
      ...[op.get(bytes), op.i32Const(4), op.i16x8ShrU, op.splat(0x0f), op.and, op.set(high)],
      ...sets.flatMap((set) => [0, 1, 2, 3].flatMap((position) => answer(set, position))),
      ...sets.flatMap((set) => [...ends(set), ...(set === 0 ? [] : [op.or])]),
      op.set(found),
      ...sets.flatMap(remember),
      ...[op.get(bytes), op.splat32(SMALL), op.or, op.splat32(SPREAD), op.i32x4Mul],
      ...[op.i32Const(32 - HASH_BITS), op.i32x4ShrU, op.set(hashes)],
      ...[op.get(found), op.anyTrue, op.if],
      ...[op.get(found), op.zero, op.i8x16Ne, op.bitmask, op.set(left)],
      op.loop,
      ...[op.get(out), op.get(from), op.get(left), op.i32Ctz, op.i32Add, op.i32Const(KEY_LENGTH - 1), op.i32Sub],
      ...[op.tee(at), op.i32Store],
      ...[op.get(at), op.i32Load, op.i32Const(SMALL), op.i32Or, op.i32Const(SPREAD), op.i32Mul],
      ...[op.i32Const(32 - HASH_BITS), op.i32ShrU, op.i32Load8U(KEYS), ...keep(ANYWHERE)],
      ...[op.get(left), op.get(left), op.i32Const(1), op.i32Sub, op.i32And, op.tee(left), op.brIf(0)],
      op.end,
      op.end,
      ...[0, 1, 2, 3].flatMap((lane) => [
        ...[op.get(hashes), op.i32x4Lane(lane), op.i32Load8U(KEYS), ...(lane === 0 ? [] : [op.i32Or])],
      ]),
      ...[op.i32Const(AT_STRIDE), op.i32And, op.if],
      ...[0, 1, 2, 3].flatMap((lane) => [
        ...[op.get(out), op.get(from), op.i32Const(lane * STRIDE), op.i32Add, op.i32Store],
        ...[op.get(hashes), op.i32x4Lane(lane), op.i32Load8U(KEYS), ...keep(AT_STRIDE)],
      ]),
      op.end,
      ...[op.get(from), op.i32Const(16), op.i32Add, op.set(from), op.br(0)],
      op.end,
      op.end,
      ...[op.get(out), op.i32Const(FOUND), op.i32Sub, op.i32Const(2), op.i32ShrU],
    ],
  );
}

/** count(from, to): how many line feeds. Whole vectors first; a lane's sum of 255 rounds would overflow, so sums are widened each round. */
function countCode(): number[] {
  const [from, to, count, sums] = [0, 1, 2, 3];
  const lane = (i: number): readonly (readonly number[])[] => [op.get(sums), op.i32x4Lane(i)];
  return code(
    [
      [1, I32],
      [1, V128],
    ],
    [
      op.block,
      op.loop,
      ...[op.get(from), op.i32Const(16), op.i32Add, op.get(to), op.i32Sub, op.i32Const(1), op.i32GeS, op.brIf(1)],
      ...[op.get(sums)],
      ...[op.zero, op.get(from), op.load(0), op.splat(10), op.i8x16Eq, op.i8x16Sub],
      ...[op.pairwiseI8U, op.pairwiseI16U, op.i32x4Add, op.set(sums)],
      ...[op.get(from), op.i32Const(16), op.i32Add, op.set(from), op.br(0)],
      op.end,
      op.end,
      ...[...lane(0), ...lane(1), op.i32Add, ...lane(2), op.i32Add, ...lane(3), op.i32Add, op.set(count)],
      op.block,
      op.loop,
      ...[op.get(from), op.get(to), op.i32GeS, op.brIf(1)],
      ...[op.get(count), op.get(from), op.i32Load8U(0), op.i32Const(10), op.i32Eq, op.i32Add, op.set(count)],
      ...[op.get(from), op.i32Const(1), op.i32Add, op.set(from), op.br(0)],
      op.end,
      op.end,
      op.get(count),
    ],
  );
}

/** first(from, to): the first line feed from `from` on, maybe behind `to`; -1 where none is before `to`. */
function firstCode(): readonly number[] {
  const [from, to, found] = [0, 1, 2];
  return code(
    [[1, I32]],
    [
      op.block,
      op.loop,
      ...[op.get(from), op.get(to), op.i32GeS, op.brIf(1)],
      ...[op.get(from), op.load(0), op.splat(10), op.i8x16Eq, op.bitmask, op.tee(found), op.if],
      ...[op.get(from), op.get(found), op.i32Ctz, op.i32Add, op.return, op.end],
      ...[op.get(from), op.i32Const(16), op.i32Add, op.set(from), op.br(0)],
      op.end,
      op.end,
      op.i32Const(-1),
    ],
  );
}

/** last(from, to): the last of these bytes before `to`, maybe before `from`; -1 where none is behind `from`. */
function lastCode(...sought: readonly number[]): readonly number[] {
  const [from, to, bytes, found] = [0, 1, 2, 3];
  const compared = sought.flatMap((byte, i) => [
    ...[op.get(bytes), byte === 0 ? op.zero : op.splat(byte), op.i8x16Eq],
    ...(i === 0 ? [] : [op.or]),
  ]);
  return code(
    [
      [1, V128],
      [1, I32],
    ],
    [
      op.block,
      op.loop,
      ...[op.get(from), op.get(to), op.i32GeS, op.brIf(1)],
      ...[op.get(to), op.i32Const(16), op.i32Sub, op.tee(to), op.load(0), op.set(bytes)],
      ...[...compared, op.bitmask, op.tee(found), op.if],
      ...[op.get(to), op.i32Const(31), op.i32Add, op.get(found), op.i32Clz, op.i32Sub, op.return, op.end],
      op.br(0),
      op.end,
      op.end,
      op.i32Const(-1),
    ],
  );
}

/** The part of WebAssembly that is used; TypeScript knows it only together with browsers. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** What the module exports. Addresses are offsets in `memory`. */
export interface SimdExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /** The places are then in memory from {@link FOUND} on, 32 bits each; at most {@link MAX_SEARCHED} bytes a call. */
  search(from: number, to: number): number;
  count(from: number, to: number): number;
  first(from: number, to: number): number;
  /** The last line feed, or the last byte that ends a line: a line feed or a NUL. */
  last(from: number, to: number): number;
  lastEnd(from: number, to: number): number;
}

/** The module's bytes, with a memory of at first so many pages of 64 KiB. */
function assembleModule(pages: number): Uint8Array<ArrayBuffer> {
  const twoToOne = [0x60, ...vector([[I32], [I32]]), ...vector([[I32]])];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [twoToOne]),
    ...section(3, [[0], [0], [0], [0], [0]]),
    ...section(5, [[0x00, ...unsigned(pages)]]),
    ...section(7, [
      [...name("memory"), 0x02, 0],
      [...name("search"), 0x00, 0],
      [...name("count"), 0x00, 1],
      [...name("first"), 0x00, 2],
      [...name("last"), 0x00, 3],
      [...name("lastEnd"), 0x00, 4],
    ]),
    ...section(10, [searchCode(), countCode(), firstCode(), lastCode(10), lastCode(10, 0)]),
  ]);
}

/** Makes an instance with a memory of at first so many pages of 64 KiB. Throws where there is no WebAssembly or it has no vectors. */
export function instantiateSimd(pages: number): SimdExports {
  const { WebAssembly: api } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };
  return new api.Instance(new api.Module(assembleModule(pages))).exports as SimdExports;
}
