/** Looking up the table of keys. */
import { type Action, BINDINGS, type Binding, type View } from "./key-table.ts";

export { type Action, BINDINGS, type Binding, MODE_HINTS, type Mode, VIEWS, type View } from "./key-table.ts";

/** The bindings that work in a view, each with the keys that are its own there. */
export function bindingsIn(view: View): readonly Binding[] {
  return BY_VIEW.get(view) ?? [];
}

const BY_VIEW: ReadonlyMap<View, readonly Binding[]> = new Map(
  [...new Set(BINDINGS.flatMap(({ views = [] }) => views)), "sources" as const].map((view) => {
    const taken = new Set<string>();
    const bindings = BINDINGS.filter(({ views }) => views === undefined || views.includes(view)).flatMap((binding) => {
      const keys = binding.keys.filter((key) => !taken.has(key));
      for (const key of keys) taken.add(key);
      return keys.length === 0 && binding.keys.length > 0 ? [] : [{ ...binding, keys }];
    });
    return [view, bindings];
  }),
);

/** What a key does in a view; null where it does nothing. */
export function actionFor(key: string, view: View): Action | null {
  return bindingsIn(view).find((binding) => binding.keys.includes(key))?.action ?? null;
}

/** The key as people read it: `↑` for `up`; plain words where only ASCII is wanted. */
export function shownKey(key: string, ascii = false): string {
  const arrows: Readonly<Record<string, string>> = { up: "↑", down: "↓", left: "←", right: "→" };
  return ascii
    ? key
    : key.replace(/\b(?:up|down|left|right)\b/g, (name) => (/-/.test(key) ? name : (arrows[name] ?? name)));
}

/** All keys of a binding as people read them; the nine digits are `1-9`. */
export function shownKeys(keys: readonly string[], ascii = false): readonly string[] {
  const shown = keys.join("") === "123456789" ? ["1-9"] : keys;
  return shown.map((key) => shownKey(key, ascii));
}

/** docs/keys.md, made from the table. */
export function keysDocument(): string {
  const rows = BINDINGS.map((binding) => {
    const keys = shownKeys(binding.keys)
      .map((key) => `\`${key}\``)
      .join(" ");
    return `| ${keys === "" ? "`:`" : keys} | ${binding.title} | ${binding.views?.join(", ") ?? "everywhere"} |`;
  });
  return [
    "# Keys",
    "",
    "Made from the table in src/tui/key-table.ts by `node scripts/keys.ts`; a test fails when both differ.",
    "",
    "| key | what it does | where |",
    "| --- | --- | --- |",
    ...rows,
    "",
    "Where two rows share a key, the first one that works on a screen holds there. While a line is typed (filter, search, help), letters are",
    "text: `enter` accepts, `esc` leaves it as it was. The wheel works with `--mouse`.",
    "",
  ].join("\n");
}
