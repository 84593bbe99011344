/**
 * Files that are one file, cut by `split` in the middle of its lines: `chat.log.aa`, `chat.log.ab`, … are read as the one they were, packed or not.
 *
 * Parts that end where lines end are read like any other files, each by itself. What shows that files are such parts: their names follow one
 * another, all but the last are of one length, and one of them ends in the middle of a line.
 */
import { type FileHandle, open } from "node:fs/promises";
import { FileBytes, type RandomBytes } from "../scan/bytes.ts";
import type { Input, Parts } from "./inputs.ts";

/** What `split` and its like put behind a name: letters or figures. */
const PART = /^(.*?)(?:([a-z]{2,3})|(\d{1,4}))$/;
const LF = 10;

interface Part {
  readonly input: Input;
  /** What its name has before what counts the parts. */
  readonly stem: string;
  readonly number: number;
}

function partOf(input: Input): Part | null {
  if (input.path === null || !input.regular || input.size === null || input.size === 0) return null;
  const slash = input.path.lastIndexOf("/") + 1;
  const [, stem = "", letters, figures] = PART.exec(input.path.slice(slash)) ?? [];
  const counted = letters ?? figures;
  if (stem === "" || counted === undefined) return null;
  const number =
    letters === undefined
      ? Number(counted)
      : [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 0x61, 0);
  return { input, stem: `${input.path.slice(0, slash)}${stem}\u0000${letters?.length ?? "figures"}`, number };
}

/** Whether a file ends in the middle of a line; of what is packed nearly every byte does. */
async function endsInLine({ path, size }: Input): Promise<boolean> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(path as string, "r");
    const last = Buffer.alloc(1);
    await handle.read(last, 0, 1, (size as number) - 1);
    return last[0] !== LF;
  } catch {
    return false;
  } finally {
    await handle?.close();
  }
}

/** Parts whose names follow one another, as far as their lengths say that they are of one file. */
function runsOf(parts: readonly Part[]): readonly Part[][] {
  const runs: Part[][] = [];
  for (const part of [...parts].sort((a, b) => a.number - b.number)) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const [first] = run ?? [];
    const follows =
      last !== undefined &&
      part.number === last.number + 1 &&
      last.input.size === first?.input.size &&
      (part.input.size as number) <= (last.input.size as number);
    if (follows) run?.push(part);
    else runs.push([part]);
  }
  return runs;
}

/** The same inputs, with one in the place of the parts of each file that was cut. */
export async function joinParts(inputs: readonly Input[]): Promise<readonly Input[]> {
  const byStem = Map.groupBy(
    inputs.flatMap((input) => partOf(input) ?? []),
    ({ stem }) => stem,
  );
  const joined = new Map<Input, Input | null>();
  for (const parts of byStem.values()) {
    for (const run of parts.length < 2 ? [] : runsOf(parts)) {
      const all = run.map(({ input }) => input);
      const [first] = all;
      if (first === undefined || all.length < 2) continue;
      const torn = await Promise.all(all.slice(0, -1).map(endsInLine));
      if (!torn.includes(true)) continue;
      for (const input of all) joined.set(input, null);
      joined.set(first, oneOf(first, all));
    }
  }
  return joined.size === 0
    ? inputs
    : inputs.flatMap((input) => (joined.has(input) ? (joined.get(input) ?? []) : input));
}

function oneOf(first: Input, all: readonly Input[]): Input {
  const last = all.at(-1) as Input;
  const from = [...first.source].findIndex((sign, at) => sign !== last.source[at]);
  return {
    ...first,
    source: `${first.source.slice(0, from)}{${first.source.slice(from)}…${last.source.slice(from)}}`,
    modifiedMs: last.modifiedMs,
    size: all.reduce((sum, { size }) => sum + (size ?? 0), 0),
    parts: { paths: all.map(({ path }) => path as string), bytes: first.size as number },
  };
}

/** The bytes of several files, one behind the other. */
class JoinedBytes implements RandomBytes {
  readonly #files: readonly { readonly bytes: FileBytes; readonly from: number; readonly to: number }[];

  constructor({ paths, bytes }: Parts, keepOpen: boolean) {
    this.#files = paths.map((path, at) => ({
      bytes: new FileBytes(path, keepOpen),
      from: at * bytes,
      to: at === paths.length - 1 ? Number.POSITIVE_INFINITY : (at + 1) * bytes,
    }));
  }

  async readAt(target: Buffer, position: number): Promise<number> {
    let filled = 0;
    for (const { bytes, from, to } of this.#files) {
      const at = position + filled;
      if (at < from || at >= to || filled === target.length) continue;
      const room = target.subarray(filled, Math.min(target.length, filled + to - at));
      const count = await bytes.readAt(room, at - from);
      filled += count;
      if (count < room.length) break;
    }
    return filled;
  }

  async close(): Promise<void> {
    await Promise.all(this.#files.map(({ bytes }) => bytes.close()));
  }
}

/** The bytes of an input that is a file, or parts of one. */
export function bytesOfInput({ path, parts }: Input, keepOpen: boolean): RandomBytes {
  return parts === undefined ? new FileBytes(path as string, keepOpen) : new JoinedBytes(parts, keepOpen);
}
