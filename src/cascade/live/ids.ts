/**
 * Ids of cascades: a short hash of the strongest thing that joins the evidence. Once given, an id stays with the lines it was given for,
 * so that it does not jump on a screen while more evidence arrives; where two cascades turn out to be one, the older id stays and the
 * other becomes an alias.
 */
import type { Evidence } from "../../model/index.ts";
import type { Line } from "../hops/hop.ts";
import type { Tree } from "../judge/cascade.ts";

/** Gives ids and remembers the aliases. */
export class Identities {
  readonly #age = new Map<string, number>();
  readonly #aliases = new Map<string, readonly string[]>();
  /** The id that was given to the cascade with this first line. */
  readonly #marks = new Map<Evidence, string>();
  readonly #marked = new Map<string, Evidence[]>();

  /** The id and aliases of a tree; remembers the id with its first line. `used` holds the ids already given in this round. */
  identify(tree: Tree, used: Set<string>): { id: string; aliases: readonly string[] } {
    const given = new Set<string>();
    if (this.#marks.size > 0) {
      for (const { given: line } of tree.lines) {
        const id = this.#marks.get(line);
        if (id !== undefined && !used.has(id)) given.add(id);
      }
    }
    const [oldest, ...others] = [...given].sort((a, b) => (this.#age.get(a) ?? 0) - (this.#age.get(b) ?? 0));
    const id = oldest ?? this.#fresh(tree, used);
    if (!this.#age.has(id)) this.#age.set(id, this.#age.size);
    used.add(id);
    this.#mark(tree, id);
    if (others.length > 0)
      this.#aliases.set(id, [...new Set([...(this.#aliases.get(id) ?? []), ...others])].slice(0, 20));
    return { id, aliases: this.#aliases.get(id) ?? [] };
  }

  /** Forgets an id whose cascade will not change any more. */
  settle(id: string): void {
    this.#age.delete(id);
    this.#aliases.delete(id);
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

  #fresh(tree: Tree, used: Set<string>): string {
    for (let turn = 0; ; turn += 1) {
      const id = shortHash(
        turn === 0
          ? joinKey(tree)
          : `${joinKey(tree)} ${tree.cascade.origin.service} ${tree.cascade.origin.kind} ${turn}`,
      );
      if (!used.has(id) && !this.#age.has(id)) return id;
    }
  }
}

function joinKey({ cascade, lines }: Tree): string {
  const cancelId = lines.find((line) => line.evidence.cancelId !== null)?.evidence.cancelId;
  if (cancelId !== undefined) return `cancel ${cancelId}`;
  if (cascade.traceId !== undefined) return `trace ${cascade.traceId}`;
  const first: Line | undefined = lines[0];
  return `text ${first?.evidence.at ?? ""} ${first?.evidence.service ?? ""} ${first?.evidence.text ?? ""}`;
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
