/**
 * The two inner loops of the scan as a WebAssembly module with 128-bit vectors, assembled here.
 *
 * `find` is the first half of the "Teddy" algorithm (known from Hyperscan and ripgrep): every key, three neighbouring bytes of a pattern, is
 * put into one of sixteen buckets; for each of the three two tables (by the low and the high half of the byte) say which buckets it may
 * belong to, and a position is a candidate when the three answers have a bucket in common. Sixteen positions are asked at once. Buckets of
 * many keys take too much for their own, so a candidate is looked up in a set of bits by a hash of its three bytes. What is left is nearly
 * always a key; the caller compares the pattern around it. `count` counts line feeds.
 *
 * Why not many `Buffer.indexOf`: a hundred passes over every byte; measured five times slower than this one pass with a dozen.
 *
 * Memory: the tables of two times eight buckets in the first 192 bytes, the set of bits from `KEY_BITS` on, the window's bytes from
 * `WINDOW_START` on, and 32 bytes behind its end that may be read (not believed). Nothing is imported.
 */

/** Where the set of the keys' hashes begins in the module's memory, {@link keyHash} bits long. */
export const KEY_BITS = 1024;
/** Where the window's bytes begin in the module's memory. */
export const WINDOW_START: number = KEY_BITS + 65_536 / 8;
/** How many bytes behind the window's end may be read. */
export const SLACK = 32;
/** Buckets that one set of tables holds. */
export const SET_BUCKETS = 8;
/** The bytes of one set of tables: two halves for each of three positions. */
export const SET_BYTES = 96;

/** Any odd number with its bits well spread: 2 to the 32nd by the golden ratio. */
const SPREAD = 0x9e3779b1 | 0;
/** Sets the bit by which small letters differ from capitals; other bytes that it makes alike are told apart by the caller. */
const SMALL = 0x20202020;

/** The bit of the set that stands for three bytes. */
export function keyHash(first: number, second: number, third: number): number {
  const key = (first | (second << 8) | (third << 16) | SMALL) & 0xffffff;
  return Math.imul(key, SPREAD) >>> 16;
}

const I32 = 0x7f;
const V128 = 0x7b;

/** Opcodes, by the names the text format gives them. */
const op = {
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  br: (depth: number): number[] => [0x0c, depth],
  brIf: (depth: number): number[] => [0x0d, depth],
  return: [0x0f],
  end: [0x0b],
  get: (local: number): number[] => [0x20, local],
  set: (local: number): number[] => [0x21, local],
  tee: (local: number): number[] => [0x22, local],
  i32Const: (value: number): number[] => [0x41, ...signed(value)],
  if: [0x04, 0x40],
  i32Load: [0x28, 0x00, 0x00],
  i32Load8U: (offset: number): number[] => [0x2d, 0x00, ...unsigned(offset)],
  i32Eq: [0x46],
  i32GeS: [0x4e],
  i32Ctz: [0x68],
  i32Add: [0x6a],
  i32Sub: [0x6b],
  i32Mul: [0x6c],
  i32And: [0x71],
  i32Or: [0x72],
  i32ShrU: [0x76],
  load: (offset: number): number[] => [0xfd, 0x00, 0x00, ...unsigned(offset)],
  splat: (byte: number): number[] => [0xfd, 0x0c, ...Array<number>(16).fill(byte)],
  zero: [0xfd, 0x0c, ...Array<number>(16).fill(0)],
  swizzle: [0xfd, 0x0e],
  i8x16Eq: [0xfd, 0x23],
  i8x16Ne: [0xfd, 0x24],
  and: [0xfd, 0x4e],
  or: [0xfd, 0x50],
  bitmask: [0xfd, 0x64],
  i8x16Sub: [0xfd, 0x71],
  pairwiseI8U: [0xfd, 0x7d],
  pairwiseI16U: [0xfd, 0x7f],
  i16x8ShrU: [0xfd, 0x8d, 0x01],
  i32x4Add: [0xfd, 0xae, 0x01],
  i32x4Lane: (lane: number): number[] => [0xfd, 0x1b, lane],
};

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; ) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const last = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0);
    bytes.push(last ? byte : byte | 0x80);
    if (last) return bytes;
  }
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  const body = vector(items);
  return [id, ...unsigned(body.length), ...body];
}

function code(
  locals: readonly (readonly [count: number, type: number])[],
  body: readonly (readonly number[])[],
): number[] {
  const bytes = [...vector(locals.map(([count, type]) => [...unsigned(count), type])), ...body.flat(), ...op.end];
  return [...unsigned(bytes.length), ...bytes];
}

/** find(from, to): the first candidate in [from, to), or -1. Both are addresses. */
function findCode(): number[] {
  const [from, to, bytes, low, high] = [0, 1, 2, 3, 4];
  const found = [5, 6];
  // the tables, by set, position and half
  const tables = Array.from({ length: 12 }, (_, i) => 7 + i);
  const [left, at, hash] = [19, 20, 21];
  const halves = (position: number): number[][] => [
    ...[op.get(from), op.load(position), op.tee(bytes), op.splat(0x0f), op.and, op.set(low)],
    ...[op.get(bytes), op.i32Const(4), op.i16x8ShrU, op.splat(0x0f), op.and, op.set(high)],
  ];
  const buckets = (set: number, position: number): number[][] => [
    ...[op.get(tables[set * 6 + position * 2] as number), op.get(low), op.swizzle],
    ...[op.get(tables[set * 6 + position * 2 + 1] as number), op.get(high), op.swizzle, op.and],
    ...(position === 0 ? [] : [op.get(found[set] as number), op.and]),
    op.set(found[set] as number),
  ];
  return code(
    [
      [17, V128],
      [3, I32],
    ],
    [
      ...tables.flatMap((local, i) => [op.i32Const(0), op.load(i * 16), op.set(local)]),
      op.block,
      op.loop,
      ...[op.get(from), op.get(to), op.i32GeS, op.brIf(1)],
      ...[0, 1, 2].flatMap((position) => [...halves(position), ...buckets(0, position), ...buckets(1, position)]),
      ...[op.get(found[0] as number), op.get(found[1] as number), op.or, op.zero, op.i8x16Ne, op.bitmask],
      ...[op.tee(left), op.if],
      op.loop,
      ...[op.get(from), op.get(left), op.i32Ctz, op.i32Add, op.tee(at), op.i32Load, op.i32Const(SMALL), op.i32Or],
      ...[op.i32Const(0xffffff), op.i32And, op.i32Const(SPREAD), op.i32Mul, op.i32Const(16), op.i32ShrU, op.tee(hash)],
      ...[op.i32Const(3), op.i32ShrU, op.i32Load8U(KEY_BITS), op.get(hash), op.i32Const(7), op.i32And, op.i32ShrU],
      ...[op.i32Const(1), op.i32And, op.if, op.get(at), op.return, op.end],
      ...[op.get(left), op.get(left), op.i32Const(1), op.i32Sub, op.i32And, op.tee(left), op.brIf(0)],
      op.end,
      op.end,
      ...[op.get(from), op.i32Const(16), op.i32Add, op.set(from), op.br(0)],
      op.end,
      op.end,
      op.i32Const(-1),
    ],
  );
}

/** count(from, to): how many line feeds. Whole vectors first; a lane's sum of 255 rounds would overflow, so sums are widened each round. */
function countCode(): number[] {
  const [from, to, count, sums] = [0, 1, 2, 3];
  const lane = (i: number): number[][] => [op.get(sums), op.i32x4Lane(i)];
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

function name(text: string): number[] {
  return [...unsigned(text.length), ...Buffer.from(text, "latin1")];
}

/** The part of WebAssembly that is used; TypeScript knows it only together with browsers. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** What the module exports. Addresses are offsets in `memory`. */
export interface SimdExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  find(from: number, to: number): number;
  count(from: number, to: number): number;
}

/** The module's bytes, with a memory of at first so many pages of 64 KiB. */
function assembleModule(pages: number): Uint8Array<ArrayBuffer> {
  const twoToOne = [0x60, ...vector([[I32], [I32]]), ...vector([[I32]])];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [twoToOne]),
    ...section(3, [[0], [0]]),
    ...section(5, [[0x00, ...unsigned(pages)]]),
    ...section(7, [
      [...name("memory"), 0x02, 0],
      [...name("find"), 0x00, 0],
      [...name("count"), 0x00, 1],
    ]),
    ...section(10, [findCode(), countCode()]),
  ]);
}

/** Makes an instance with a memory of at first so many pages of 64 KiB. Throws where there is no WebAssembly or it has no vectors. */
export function instantiateSimd(pages: number): SimdExports {
  const { WebAssembly: api } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };
  return new api.Instance(new api.Module(assembleModule(pages))).exports as SimdExports;
}
