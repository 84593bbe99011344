/**
 * Expressions laid out in lines of at most 120 columns, as formatters do: flat where it fits, else one item on a line.
 */

export const WIDTH = 120;

/** An expression: text, or brackets around items. */
export type Layout = string | Brackets;

interface Brackets {
  readonly open: string;
  readonly close: string;
  readonly items: readonly Layout[];
}

export function call(open: string, items: readonly Layout[]): Layout {
  return { open: `${open}(`, close: ")", items };
}

export function array(items: readonly Layout[]): Layout {
  return { open: "[", close: "]", items };
}

/** An object literal of `name: value` pairs. */
export function object(pairs: readonly (readonly [string, Layout])[]): Layout {
  const items = pairs.map(([name, value]): Layout => {
    if (typeof value === "string") return `${name}: ${value}`;
    return { ...value, open: `${name}: ${value.open}` };
  });
  return { open: "{", close: "}", items };
}

function flat(layout: Layout): string {
  if (typeof layout === "string") return layout;
  const inner = layout.items.map(flat).join(", ");
  const space = layout.close === "}" && inner !== "" ? " " : "";
  return `${layout.open}${space}${inner}${space}${layout.close}`;
}

function literal(layout: Layout | undefined, close: string): layout is Brackets {
  return typeof layout === "object" && layout.close === close;
}

/** Lists of pairs and the like never stand on one line. */
function mustBreak(layout: Layout): boolean {
  if (typeof layout === "string") return false;
  const { items, close } = layout;
  if (close === "]" && items.length > 1) {
    for (const kind of ["]", "}"]) {
      if (items.every((item) => literal(item, kind) && item.items.length > 1)) return true;
    }
  }
  return items.some(mustBreak) || takesFunctionAndObject(layout);
}

/** Formatters never squeeze a function and an object into one line of arguments. */
function takesFunctionAndObject({ close, items }: Brackets): boolean {
  return close === ")" && literal(items.at(-1), "}") && items.slice(0, -1).some((item) => flat(item).includes("=>"));
}

/** Prints an expression that begins at a column, with text of some length behind it. */
export function print(layout: Layout, indent: number, column: number, behind: number): string {
  const line = flat(layout);
  if (typeof layout === "string" || (column + line.length + behind <= WIDTH && !mustBreak(layout))) return line;
  const { open, close, items } = layout;
  const last = items.at(-1);
  if (
    close === ")" &&
    !takesFunctionAndObject(layout) &&
    (literal(last, "}") || literal(last, "]")) &&
    last.items.length > 0
  ) {
    const head = `${open}${items
      .slice(0, -1)
      .map((item) => `${flat(item)}, `)
      .join("")}`;
    if (column + head.length + 1 <= WIDTH) return `${head}${broken(last, indent)}${close}`;
  }
  return broken(layout, indent);
}

function broken({ open, close, items }: Brackets, indent: number): string {
  const pad = " ".repeat(indent + 2);
  if (close === "]" && items.every((item) => typeof item === "string" && /^-?[\d.]+(e-?\d+)?$/.test(item))) {
    return `${open}\n${filled(items as readonly string[], pad)}\n${" ".repeat(indent)}${close}`;
  }
  const lines = items.map((item) => `${pad}${print(item, indent + 2, indent + 2, 1)},`);
  return `${open}\n${lines.join("\n")}\n${" ".repeat(indent)}${close}`;
}

/** Numbers, as many on a line as there is room for. */
function filled(items: readonly string[], pad: string): string {
  const lines: string[] = [];
  let line = pad;
  for (const item of items) {
    const more = line === pad ? `${item},` : ` ${item},`;
    if (line !== pad && line.length + more.length > WIDTH) {
      lines.push(line);
      line = `${pad}${item},`;
    } else line += more;
  }
  return [...lines, line].join("\n");
}

/** A string literal with the quotes that need fewer escapes. */
export function quoted(text: string): string {
  const json = JSON.stringify(text);
  const doubles = text.split('"').length;
  const singles = text.split("'").length;
  if (doubles <= singles) return json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
