/**
 * What quiet spans have in common: service, name, kind, whom they call. A row of the ring holds only the number of its shape.
 */
import type { QuietEnding, SpanFacts } from "../../../model/index.ts";
import { SPAN_KINDS } from "../../formats/otlp-record.ts";
import type { ResourceGroup } from "./resources.ts";

/** The common part of spans. */
export interface SpanShape {
  readonly group: ResourceGroup;
  readonly name: string;
  readonly kind: SpanFacts["kind"];
  readonly status: SpanFacts["status"];
  /** The attributes that say who is called, and the service's own name. */
  readonly fields: ReadonlyMap<string, string>;
  /** What they say of its end. */
  readonly ending: QuietEnding;
}

const MAX_SHAPES = 32_768;

interface Kept extends SpanShape {
  readonly fingerprint: number;
  rows: number;
}

/** Numbers for shapes, given back when no row has them any more. */
export class SpanShapes {
  readonly #shapes: (Kept | null)[] = [];
  readonly #free: number[] = [];

  /**
   * The number for a span: the one that its fingerprint has in its group, or a new one for what `read` says. Names that are all different (ids
   * in them) would need more shapes than there is room for: such spans are kept without a name.
   */
  numberOf(group: ResourceGroup, fingerprint: number, read: () => Omit<SpanShape, "group">): number {
    let number = group.shapes.get(fingerprint);
    if (number === undefined) number = this.#add(group, fingerprint, read());
    (this.#shapes[number] as Kept).rows += 1;
    return number;
  }

  #add(group: ResourceGroup, fingerprint: number, shape: Omit<SpanShape, "group">): number {
    let own: Kept = { ...shape, group, fingerprint, rows: 0 };
    if (this.#shapes.length - this.#free.length >= MAX_SHAPES) {
      own = {
        ...own,
        name: "",
        fields: new Map(),
        ending: null,
        fingerprint: -1 - SPAN_KINDS.indexOf(shape.kind) * 3 - shape.status,
      };
      const known = group.shapes.get(own.fingerprint);
      if (known !== undefined) return known;
    }
    const number = this.#free.pop() ?? this.#shapes.length;
    this.#shapes[number] = own;
    group.shapes.set(own.fingerprint, number);
    return number;
  }

  /** The shape of a number that a row has. */
  get(number: number): SpanShape {
    return this.#shapes[number] as Kept;
  }

  /** Told when a row leaves. */
  release(number: number): void {
    const shape = this.#shapes[number];
    if (shape === null || shape === undefined) return;
    shape.rows -= 1;
    if (shape.rows > 0) return;
    shape.group.shapes.delete(shape.fingerprint);
    this.#shapes[number] = null;
    this.#free.push(number);
  }
}
