/**
 * Cascades in their order, in blocks: what is put in or taken out costs the block it is in, not all that is kept, and each block is
 * counted once until it changes.
 */
import type { Cascade } from "../../model/index.ts";
import { byFirstAt } from "./order.ts";
import { bytesOfCascade } from "./size.ts";
import { type Tally, tallyOf } from "./tally.ts";

/** A block that is fuller is cut in two. */
const BLOCK = 512;

interface Block {
  readonly cascades: Cascade[];
  tally: Tally | null;
}

/** An ordered, counted collection of cascades. */
export class Shelf {
  #blocks: Block[] = [];
  #size = 0;
  #bytes = 0;
  #all: readonly Cascade[] | null = null;

  get size(): number {
    return this.#size;
  }

  /** An estimate of the memory that the cascades take. */
  get bytes(): number {
    return this.#bytes;
  }

  add(cascade: Cascade): void {
    this.#changed(bytesOfCascade(cascade), 1);
    const at = this.#blockOf(cascade);
    const block = this.#blocks[at];
    if (block === undefined) {
      this.#blocks.push({ cascades: [cascade], tally: null });
      return;
    }
    block.tally = null;
    block.cascades.splice(placeAfter(block.cascades, cascade), 0, cascade);
    if (block.cascades.length <= BLOCK) return;
    // Cascades mostly come in their order: the first half will hardly change any more
    this.#blocks.splice(at + 1, 0, { cascades: block.cascades.splice(BLOCK >> 1), tally: null });
  }

  /** Takes out a cascade that was put in. */
  delete(cascade: Cascade): void {
    for (let at = this.#firstBlockOf(cascade); at < this.#blocks.length; at += 1) {
      const block = this.#blocks[at] as Block;
      const place = block.cascades.indexOf(cascade);
      if (place === -1) continue;
      this.#take(at, place);
      return;
    }
    throw new RangeError(`Shelf.delete: no cascade ${cascade.id} is kept`);
  }

  /** Takes out the first cascade. */
  shift(): Cascade | undefined {
    const first = this.#blocks[0]?.cascades[0];
    if (first !== undefined) this.#take(0, 0);
    return first;
  }

  /** All cascades in their order. */
  cascades(): readonly Cascade[] {
    this.#all ??= this.#blocks.flatMap(({ cascades }) => cascades);
    return this.#all;
  }

  /** The counts of the blocks. */
  tallies(): Tally[] {
    return this.#blocks.map((block) => {
      block.tally ??= tallyOf(block.cascades);
      return block.tally;
    });
  }

  #take(at: number, place: number): void {
    const block = this.#blocks[at] as Block;
    const [cascade] = block.cascades.splice(place, 1) as [Cascade];
    block.tally = null;
    if (block.cascades.length === 0) this.#blocks.splice(at, 1);
    this.#changed(-bytesOfCascade(cascade), -1);
  }

  #changed(bytes: number, size: number): void {
    this.#bytes += bytes;
    this.#size += size;
    this.#all = null;
  }

  /** The block that a new cascade belongs to: the last one that does not begin after it. */
  #blockOf(cascade: Cascade): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (byFirstAt(this.#blocks[middle]?.cascades[0] as Cascade, cascade) <= 0) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /** The first block that may hold a cascade: equal ones may lie in several. */
  #firstBlockOf(cascade: Cascade): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (byFirstAt(this.#blocks[middle]?.cascades.at(-1) as Cascade, cascade) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function placeAfter(cascades: readonly Cascade[], cascade: Cascade): number {
  let low = 0;
  let high = cascades.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byFirstAt(cascades[middle] as Cascade, cascade) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
