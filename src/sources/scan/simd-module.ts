/**
 * The two inner loops of the scan as a WebAssembly module with 128-bit vectors, assembled here.
 *
 * `find` is the first half of the "Teddy" algorithm (known from Hyperscan and ripgrep): every pattern is put into one of eight buckets;
 * for each of three neighbouring bytes two tables (by the low and the high half of the byte) say which buckets it may belong to, and a
 * position is a candidate when the three answers have a bucket in common. Sixteen positions are asked at once. A candidate is not yet a
 * hit; the caller compares. `count` counts line feeds.
 *
 * Why not many `Buffer.indexOf`: a dozen passes over every byte; measured five times slower than this one pass.
 *
 * Memory: tables in the first 96 bytes, the window's bytes from `WINDOW_START` on, and 32 bytes behind its end that may be read (not
 * believed). Nothing is imported.
 */

/** Where the window's bytes begin in the module's memory. */
export const WINDOW_START = 1024;
/** How many bytes behind the window's end may be read. */
export const SLACK = 32;

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
  i32Load8U: [0x2d, 0x00, 0x00],
  i32Eqz: [0x45],
  i32Eq: [0x46],
  i32GeS: [0x4e],
  i32Ctz: [0x68],
  i32Add: [0x6a],
  i32Sub: [0x6b],
  load: (offset: number): number[] => [0xfd, 0x00, 0x00, ...unsigned(offset)],
  splat: (byte: number): number[] => [0xfd, 0x0c, ...Array<number>(16).fill(byte)],
  zero: [0xfd, 0x0c, ...Array<number>(16).fill(0)],
  swizzle: [0xfd, 0x0e],
  i8x16Eq: [0xfd, 0x23],
  i8x16Ne: [0xfd, 0x24],
  and: [0xfd, 0x4e],
  anyTrue: [0xfd, 0x53],
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
  const [from, to, bytes, result] = [0, 1, 2, 3];
  // locals 4 to 9: the six tables, by position and half
  const tables = [4, 5, 6, 7, 8, 9];
  const buckets = (position: number): number[][] => [
    op.get(tables[position * 2] as number),
    op.get(from),
    op.load(position),
    op.tee(bytes),
    op.splat(0x0f),
    op.and,
    op.swizzle,
    op.get(tables[position * 2 + 1] as number),
    op.get(bytes),
    op.i32Const(4),
    op.i16x8ShrU,
    op.splat(0x0f),
    op.and,
    op.swizzle,
    op.and,
  ];
  return code(
    [[8, V128]],
    [
      ...tables.flatMap((local, i) => [op.i32Const(0), op.load(i * 16), op.set(local)]),
      op.block,
      op.loop,
      ...[op.get(from), op.get(to), op.i32GeS, op.brIf(1)],
      ...buckets(0),
      ...buckets(1),
      op.and,
      ...buckets(2),
      op.and,
      ...[op.tee(result), op.anyTrue, op.i32Eqz],
      ...ifElseReturn(from, result),
      ...[op.get(from), op.i32Const(16), op.i32Add, op.set(from), op.br(0)],
      op.end,
      op.end,
      op.i32Const(-1),
    ],
  );
}

/** With "none" on the stack: returns the first candidate's address unless there is none. */
function ifElseReturn(from: number, result: number): number[][] {
  return [
    // if (none) {} else { return from + ctz(bitmask(result != 0)) }
    [0x04, 0x40],
    [0x05],
    op.get(from),
    op.get(result),
    op.zero,
    op.i8x16Ne,
    op.bitmask,
    op.i32Ctz,
    op.i32Add,
    op.return,
    op.end,
  ];
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
      ...[op.get(count), op.get(from), op.i32Load8U, op.i32Const(10), op.i32Eq, op.i32Add, op.set(count)],
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
