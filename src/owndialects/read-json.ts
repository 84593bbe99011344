/** JSON with places: a tree in which each value knows its line, so that a mistake can be shown where it is. */
import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";

/** One thing that is wrong with a file. */
export interface Problem {
  /** The first line is 1. */
  readonly line: number;
  readonly message: string;
}

/** A value and its line. */
export interface Placed {
  readonly line: number;
  readonly value: unknown;
}

/** An object of a file: its members by their names. */
export interface PlacedObject {
  readonly line: number;
  readonly members: ReadonlyMap<string, Node>;
}

/** A JSON text with places; comments are allowed. */
export class JsonText {
  readonly root: Node | undefined;
  readonly problems: Problem[] = [];
  readonly #lineStarts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#lineStarts.push(at + 1);
    const errors: ParseError[] = [];
    this.root = parseTree(text, errors, { disallowComments: false, allowTrailingComma: false });
    const [first] = errors;
    if (first !== undefined) this.#wrong(first.offset, `is no JSON: ${printParseErrorCode(first.error)}`);
    else if (this.root === undefined) this.#wrong(0, "is empty");
  }

  /** The line of an offset, counted from 1. */
  lineAt(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** The members of an object; null for another value. A name that stands twice is a problem. */
  objectOf(node: Node): PlacedObject | null {
    if (node.type !== "object") return null;
    const members = new Map<string, Node>();
    for (const property of node.children ?? []) {
      const [key, value] = property.children ?? [];
      if (key === undefined || value === undefined) continue;
      const name = String(key.value);
      if (members.has(name)) this.#wrong(key.offset, `field "${name}" stands twice`);
      members.set(name, value);
    }
    return { line: this.lineAt(node.offset), members };
  }

  /** A value and its line. */
  placed(node: Node): Placed {
    return { line: this.lineAt(node.offset), value: getNodeValue(node) };
  }

  #wrong(offset: number, message: string): void {
    this.problems.push({ line: this.lineAt(offset), message });
  }
}
