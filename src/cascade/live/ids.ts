/**
 * Ids of cascades: a short hash of the strongest thing that joins the evidence. Once given, an id stays with the lines it was given for,
 * so that it does not jump on a screen while more evidence arrives; where two cascades turn out to be one, the older id stays and the
 * other becomes an alias.
 */
import type { Evidence } from "../../model/index.ts";
import type { Line } from "../hops/hop.ts";
import type { Tree } from "../judge/cascade.ts";

const MAX_ALIASES = 20;

/** Gives ids and remembers the aliases. No two cascades have one id at a time. */
export class Identities {
  readonly #used = new Set<string>();
  readonly #age = new Map<string, number>();
  readonly #aliases = new Map<string, readonly string[]>();
  /** The id that was given to the cascade with this first line. */
  readonly #marks = new Map<Evidence, string>();
  readonly #marked = new Map<string, Evidence[]>();
  #born = 0;

  /** The id and aliases of a tree. Its first line keeps the id, unless the tree will not change any more. */
  identify(tree: Tree, final = false): { id: string; aliases: readonly string[] } {
    const given = new Set<string>();
    if (this.#marks.size > 0) {
      for (const { given: line } of tree.lines) {
        const id = this.#marks.get(line);
        if (id !== undefined && !this.#used.has(id)) given.add(id);
      }
    }
    const [oldest, ...others] = [...given].sort((a, b) => (this.#age.get(a) ?? 0) - (this.#age.get(b) ?? 0));
    const id = oldest ?? this.#fresh(tree);
    this.#used.add(id);
    if (!final) {
      if (!this.#age.has(id)) this.#age.set(id, this.#born++);
      this.#mark(tree, id);
    }
    if (others.length > 0)
      this.#aliases.set(id, [...new Set([...(this.#aliases.get(id) ?? []), ...others])].slice(0, MAX_ALIASES));
    return { id, aliases: this.#aliases.get(id) ?? [] };
  }

  /** Takes an id back from a cascade that is judged again: its lines keep it. */
  release(id: string): void {
    this.#used.delete(id);
  }

  /** Gives an id back to the cascade that it was taken from. */
  keep(id: string): void {
    this.#used.add(id);
  }

  /** Forgets the lines of an id whose cascade will not change any more; nobody else gets the id until it is released. */
  settle(id: string): void {
    for (const alias of this.#aliases.get(id) ?? []) if (!this.#used.has(alias)) this.#forget(alias);
    this.#aliases.delete(id);
    this.#forget(id);
  }

  #forget(id: string): void {
    this.#age.delete(id);
    for (const first of this.#marked.get(id) ?? []) this.#marks.delete(first);
    this.#marked.delete(id);
  }

  #mark({ lines }: Tree, id: string): void {
    const first = lines[0]?.given;
    if (first === undefined || this.#marks.get(first) === id) return;
    this.#marks.set(first, id);
    const marked = this.#marked.get(id);
    if (marked === undefined) this.#marked.set(id, [first]);
    else marked.push(first);
  }

  #fresh(tree: Tree): string {
    const key = joinKey(tree);
    for (let turn = 0; ; turn += 1) {
      // Only the first of many cascades in one trace has the trace's own id
      const id = shortHash(turn === 0 ? key : `${key} ${firstLineOf(tree)} ${tree.cascade.origin.kind} ${turn}`);
      if (!this.#used.has(id) && !this.#age.has(id)) return id;
    }
  }
}

function joinKey({ cascade, lines }: Tree): string {
  const cancelId = lines.find((line) => line.evidence.cancelId !== null)?.evidence.cancelId;
  if (cancelId !== undefined) return `cancel ${cancelId}`;
  if (cascade.traceId !== undefined) return `trace ${cascade.traceId}`;
  return `text ${firstLineOf({ lines })}`;
}

function firstLineOf({ lines }: Pick<Tree, "lines">): string {
  const first: Line | undefined = lines[0];
  return `${first?.evidence.at ?? ""} ${first?.evidence.service ?? ""} ${first?.evidence.text ?? ""}`;
}

/** Twelve hex digits: FNV-1a (32 bit) over two halves with different seeds. */
function shortHash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x1b873593;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ (unit + index), 0x85ebca6b);
  }
  return (a >>> 0).toString(16).padStart(8, "0") + ((b ^ (b >>> 15)) >>> 16).toString(16).padStart(4, "0");
}
