/** Parts of a WebAssembly module as bytes: the few opcodes that the scan needs, by the names the text format gives them. */

/** The type of a whole number, or of an address. */
export const I32 = 0x7f;
/** The type of sixteen bytes. */
export const V128 = 0x7b;

type Bytes = readonly number[];
type WithOperand = (operand: number) => Bytes;

/** Opcodes with what follows them. */
export const op: Readonly<
  Record<
    | "br"
    | "brIf"
    | "get"
    | "set"
    | "tee"
    | "i32Const"
    | "i32Load8U"
    | "load"
    | "splat"
    | "splat32"
    | "shuffle"
    | "i32x4Lane",
    WithOperand
  > &
    Record<
      | "block"
      | "loop"
      | "return"
      | "end"
      | "if"
      | "i32Load"
      | "i32Store"
      | "i32Eq"
      | "i32GeS"
      | "i32Clz"
      | "i32Ctz"
      | "i32Add"
      | "i32Sub"
      | "i32Mul"
      | "i32And"
      | "i32Or"
      | "i32ShrU"
      | "zero"
      | "swizzle"
      | "i8x16Eq"
      | "i8x16Ne"
      | "and"
      | "or"
      | "anyTrue"
      | "bitmask"
      | "i8x16Sub"
      | "pairwiseI8U"
      | "pairwiseI16U"
      | "i16x8ShrU"
      | "i32x4ShrU"
      | "i32x4Add"
      | "i32x4Mul",
      Bytes
    >
> = {
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  br: (depth) => [0x0c, depth],
  brIf: (depth) => [0x0d, depth],
  return: [0x0f],
  end: [0x0b],
  get: (local) => [0x20, local],
  set: (local) => [0x21, local],
  tee: (local) => [0x22, local],
  i32Const: (value) => [0x41, ...signed(value)],
  if: [0x04, 0x40],
  i32Load: [0x28, 0x00, 0x00],
  i32Load8U: (offset) => [0x2d, 0x00, ...unsigned(offset)],
  i32Store: [0x36, 0x00, 0x00],
  i32Eq: [0x46],
  i32GeS: [0x4e],
  i32Clz: [0x67],
  i32Ctz: [0x68],
  i32Add: [0x6a],
  i32Sub: [0x6b],
  i32Mul: [0x6c],
  i32And: [0x71],
  i32Or: [0x72],
  i32ShrU: [0x76],
  load: (offset) => [0xfd, 0x00, 0x00, ...unsigned(offset)],
  splat: (byte) => [0xfd, 0x0c, ...Array<number>(16).fill(byte)],
  splat32: (value) => [0xfd, 0x0c, ...Array.from({ length: 16 }, (_, i) => (value >>> (8 * (i & 3))) & 0xff)],
  zero: [0xfd, 0x0c, ...Array<number>(16).fill(0)],
  /** Sixteen bytes of two vectors one behind the other, from the one at `first` on. */
  shuffle: (first) => [0xfd, 0x0d, ...Array.from({ length: 16 }, (_, i) => first + i)],
  /** The relaxed one: indices are below sixteen here, where all machines agree. */
  swizzle: [0xfd, 0x80, 0x02],
  i8x16Eq: [0xfd, 0x23],
  i8x16Ne: [0xfd, 0x24],
  and: [0xfd, 0x4e],
  or: [0xfd, 0x50],
  anyTrue: [0xfd, 0x53],
  bitmask: [0xfd, 0x64],
  i8x16Sub: [0xfd, 0x71],
  pairwiseI8U: [0xfd, 0x7d],
  pairwiseI16U: [0xfd, 0x7f],
  i16x8ShrU: [0xfd, 0x8d, 0x01],
  i32x4ShrU: [0xfd, 0xad, 0x01],
  i32x4Add: [0xfd, 0xae, 0x01],
  i32x4Mul: [0xfd, 0xb5, 0x01],
  i32x4Lane: (lane) => [0xfd, 0x1b, lane],
};

/** A whole number in LEB128. */
export function unsigned(value: number): number[] {
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

/** Items behind their number. */
export function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

/** A section of a module: its id, its length, its items. */
export function section(id: number, items: readonly (readonly number[])[]): number[] {
  const body = vector(items);
  return [id, ...unsigned(body.length), ...body];
}

/** The body of a function with its locals (parameters are none of them). */
export function code(
  locals: readonly (readonly [count: number, type: number])[],
  body: readonly (readonly number[])[],
): number[] {
  const bytes = [...vector(locals.map(([count, type]) => [...unsigned(count), type])), ...body.flat(), ...op.end];
  return [...unsigned(bytes.length), ...bytes];
}

/** A name behind its length. */
export function name(text: string): number[] {
  return [...unsigned(text.length), ...Buffer.from(text, "latin1")];
}
