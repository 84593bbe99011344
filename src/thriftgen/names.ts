/** Names of an IDL as names in TypeScript. */

const RESERVED: ReadonlySet<string> = new Set(
  (
    "any arguments as async await boolean break case catch class const continue debugger default delete do else enum eval export extends false " +
    "finally for function if implements import in instanceof interface let never new null number object package private protected public " +
    "return static string super switch symbol this throw true try type typeof undefined unknown var void while with yield " +
    // What generated files use themselves.
    "t field struct defineService unary serverStreaming clientStreaming bidiStreaming Struct Method Service ThriftType Buffer Map Set"
  ).split(" "),
);

/** `interval_us` and `IntervalUs` to `intervalUs`; letters that are upper case together stay a word: `HTTPProxy` to `httpProxy`. */
export function memberName(name: string): string {
  const [first = "", ...rest] = name.split("_").filter((part) => part !== "");
  const head = first.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+$|^[A-Z]/, (upper) => upper.toLowerCase());
  return head + rest.map((part) => part.slice(0, 1).toUpperCase() + part.slice(1)).join("") || name;
}

/** Names of definitions, one of a kind: one that is taken gets the name of its file in front. */
export class Names {
  readonly #taken = new Set<string>(RESERVED);

  /** Takes a name for a definition of a file. */
  take(name: string, file: string): string {
    const scope = file.replace(/^.*[\\/]/, "").replace(/\.thrift$/, "");
    const prefix = scope.replace(/(^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
    let free = name;
    for (let count = 1; this.#taken.has(free); count += 1) free = `${prefix}${name}${count === 1 ? "" : count}`;
    this.#taken.add(free);
    return free;
  }
}
