/**
 * A user's file of wordings to entries of the catalogue. Everything is checked when it is loaded: names and types of fields, words that are
 * translated, the pattern, and every sample against all wordings that are known.
 */
import type { Node } from "jsonc-parser";
import { BUILT_IN_IDS, createDialects, type Entry, MIN_STEM_LENGTH } from "../dialects/index.ts";
import { compile } from "./linear-pattern.ts";
import { JsonText, type PlacedObject, type Problem } from "./read-json.ts";
import { DIRECTIONS, type Directions, KIND_HELP, kindOf, needsDirections, SAYS_HELP, saysOf } from "./translate.ts";

/** Entries of a file, or what is wrong with it: without problems all entries are good. */
export interface OwnDialects {
  readonly entries: readonly Entry[];
  readonly problems: readonly Problem[];
}

type FieldType = "text" | "texts" | "flag";

/** The fields of a wording, with the type of each and whether it must be there. docs/dialects.schema.json says the same. */
export const FIELDS: Readonly<Record<string, { readonly type: FieldType; readonly required: boolean }>> = {
  id: { type: "text", required: true },
  product: { type: "text", required: true },
  stems: { type: "texts", required: true },
  pattern: { type: "text", required: true },
  matchCase: { type: "flag", required: false },
  says: { type: "text", required: true },
  kind: { type: "text", required: true },
  directions: { type: "text", required: false },
  side: { type: "text", required: false },
  proxy: { type: "flag", required: false },
  specific: { type: "flag", required: false },
  external: { type: "text", required: false },
  meaning: { type: "text", required: true },
  caution: { type: "text", required: false },
  samples: { type: "texts", required: true },
  others: { type: "texts", required: true },
};

/** Fields of the file itself. */
export const FILE_FIELDS: readonly string[] = ["$schema", "dialects"];

const MAX_ENTRIES = 1_000;
const MAX_TEXTS = 50;
const MAX_TEXT_LENGTH = 8_192;

/** Reads a file of wordings. Never throws for what stands in it. */
export function readDialects(text: string): OwnDialects {
  const json = new JsonText(text.replace(/^\ufeff/, ""));
  if (json.problems.length > 0 || json.root === undefined) return { entries: [], problems: json.problems };
  const problems: Problem[] = [];
  const nodes = entryNodes(json, json.root, problems);
  const drafts = nodes.map((node) => new EntryReader(json, node, problems).read());
  problems.push(...json.problems);
  const entries = drafts.filter((draft) => draft !== null);
  sameIds(entries, problems);
  // Samples are read with all that is known: they say something only once every entry is whole
  if (problems.length === 0) checkSamples(entries, problems);
  problems.sort((a, b) => a.line - b.line);
  return { entries: problems.length === 0 ? entries.map(({ entry }) => entry) : [], problems };
}

function entryNodes(json: JsonText, root: Node, problems: Problem[]): readonly Node[] {
  const file = json.objectOf(root);
  if (file === null) {
    problems.push({ line: 1, message: 'is no object; write { "dialects": [ … ] }' });
    return [];
  }
  for (const [name, node] of file.members) {
    if (!FILE_FIELDS.includes(name))
      problems.push({ line: json.placed(node).line, message: unknownField(name, FILE_FIELDS) });
  }
  const list = file.members.get("dialects");
  if (list === undefined)
    problems.push({ line: file.line, message: 'field "dialects" is missing: the list of wordings' });
  else if (list.type !== "array" || (list.children ?? []).length === 0)
    problems.push({ line: json.placed(list).line, message: 'field "dialects" must be a list of one wording at least' });
  else if ((list.children ?? []).length > MAX_ENTRIES)
    problems.push({ line: json.placed(list).line, message: `field "dialects" has more than ${MAX_ENTRIES} wordings` });
  else return list.children ?? [];
  return [];
}

function unknownField(name: string, known: readonly string[]): string {
  return `field "${name}" is not known; there are ${known.join(", ")}`;
}

/** An entry with the lines of its parts. */
interface Draft {
  readonly entry: Entry;
  readonly line: number;
  readonly lines: { readonly samples: readonly number[]; readonly others: readonly number[] };
}

/** Reads one entry, and notes all that is wrong with it. */
class EntryReader {
  readonly #json: JsonText;
  readonly #node: Node;
  readonly #problems: Problem[];
  readonly #object: PlacedObject | null;
  #whole = true;

  constructor(json: JsonText, node: Node, problems: Problem[]) {
    this.#json = json;
    this.#node = node;
    this.#problems = problems;
    this.#object = json.objectOf(node);
  }

  /** The entry; null where something is wrong with it. */
  read(): Draft | null {
    if (this.#object === null) return this.#wrong(this.#json.placed(this.#node).line, "a wording must be an object");
    const { line, members } = this.#object;
    for (const [name, node] of members)
      if (FIELDS[name] === undefined)
        this.#wrong(this.#json.placed(node).line, unknownField(name, Object.keys(FIELDS)));
    for (const [name, { type, required }] of Object.entries(FIELDS)) this.#check(name, type, required);
    if (!this.#whole) return null;
    const kind = kindOf(this.#text("kind"));
    if (kind === null) return this.#wrongField("kind", `"${this.#text("kind")}" is no kind; there are ${KIND_HELP}`);
    const says = this.#says(kind);
    const side = this.#side();
    const pattern = compile(this.#text("pattern"), !this.#flag("matchCase"));
    if ("problem" in pattern) this.#wrongField("pattern", pattern.problem);
    const stems = this.#stems();
    if (!this.#whole || says === null || "problem" in pattern) return null;
    const external = this.#optional("external");
    const entry: Entry = {
      id: this.#text("id"),
      product: this.#text("product"),
      stems,
      pattern: pattern.pattern,
      says,
      kind,
      ...(side === null ? {} : { side }),
      ...(this.#flag("proxy") ? { proxy: true as const } : {}),
      ...(this.#flag("specific") ? { specific: true as const } : {}),
      ...(external === null ? {} : { external }),
      meaning: this.#text("meaning"),
      caution: this.#optional("caution") ?? "",
      samples: this.#texts("samples"),
      others: this.#texts("others"),
    };
    return { entry, line, lines: { samples: this.#linesOf("samples"), others: this.#linesOf("others") } };
  }

  #wrong(line: number, message: string): null {
    this.#whole = false;
    const id = this.#object?.members.get("id")?.value;
    this.#problems.push({ line, message: typeof id === "string" ? `${id}: ${message}` : message });
    return null;
  }

  #wrongField(name: string, message: string): null {
    const node = this.#object?.members.get(name) ?? this.#node;
    return this.#wrong(this.#json.placed(node).line, `field "${name}": ${message}`);
  }

  #check(name: string, type: FieldType, required: boolean): void {
    const node = this.#object?.members.get(name);
    if (node === undefined) {
      if (required) this.#wrong(this.#object?.line ?? 1, `field "${name}" is missing`);
      return;
    }
    const { value } = this.#json.placed(node);
    if (type === "flag" && typeof value !== "boolean") this.#wrongField(name, "must be true or false");
    if (type === "text" && !isText(value, name !== "caution"))
      this.#wrongField(name, `must be a text of 1 to ${MAX_TEXT_LENGTH} characters`);
    if (type !== "texts") return;
    const list: readonly unknown[] = Array.isArray(value) ? value : [];
    if (list.length === 0 || list.length > MAX_TEXTS || !list.every((each) => isText(each, true)))
      this.#wrongField(name, `must be a list of 1 to ${MAX_TEXTS} texts, none of them empty`);
  }

  #says(kind: NonNullable<ReturnType<typeof kindOf>>): Entry["says"] | null {
    const word = this.#text("says");
    const given = this.#optional("directions");
    const directions = DIRECTIONS.find((each) => each === given) ?? null;
    if (given !== null && directions === null)
      return this.#wrongField("directions", `"${given}" is neither of ${DIRECTIONS.join(" and ")}`);
    return this.#translated(word, kind, directions);
  }

  #translated(
    word: string,
    kind: NonNullable<ReturnType<typeof kindOf>>,
    directions: Directions | null,
  ): Entry["says"] | null {
    const says = saysOf(word, kind, directions);
    if (says !== null) return says;
    return this.#wrongField(
      "says",
      needsDirections(word)
        ? `"${word}" means the caller in Kitex and the service that is called in nginx and Envoy; add "directions": "kitex" or "proxy"`
        : `"${word}" is not known; there are ${SAYS_HELP}`,
    );
  }

  #side(): "client" | "server" | null {
    const side = this.#optional("side");
    if (side === null || side === "client" || side === "server") return side;
    return this.#wrongField("side", `"${side}" is neither client nor server`);
  }

  #stems(): string[] {
    const stems = this.#texts("stems").map((stem) => stem.toLowerCase());
    const bad = stems.find((stem) => stem.length < MIN_STEM_LENGTH || /[^\u0020-\u007e]/.test(stem));
    if (bad !== undefined)
      this.#wrongField("stems", `"${bad}" must have ${MIN_STEM_LENGTH} characters at least, all of them ASCII`);
    return stems;
  }

  #text(name: string): string {
    return String(this.#object?.members.get(name)?.value ?? "");
  }

  #optional(name: string): string | null {
    return this.#object?.members.has(name) === true ? this.#text(name) : null;
  }

  #flag(name: string): boolean {
    return this.#object?.members.get(name)?.value === true;
  }

  #texts(name: string): string[] {
    return (this.#object?.members.get(name)?.children ?? []).map(({ value }) => String(value));
  }

  #linesOf(name: string): number[] {
    return (this.#object?.members.get(name)?.children ?? []).map((node) => this.#json.placed(node).line);
  }
}

function isText(value: unknown, filled: boolean): boolean {
  return typeof value === "string" && value.length <= MAX_TEXT_LENGTH && (!filled || value.trim() !== "");
}

function sameIds(drafts: readonly Draft[], problems: Problem[]): void {
  const seen = new Map<string, number>();
  for (const { entry, line } of drafts) {
    const before = seen.get(entry.id);
    if (before !== undefined)
      problems.push({ line, message: `${entry.id}: field "id": stands also in line ${before}` });
    else if (BUILT_IN_IDS.has(entry.id))
      problems.push({ line, message: `${entry.id}: field "id": is the name of a wording that is built in` });
    seen.set(entry.id, line);
  }
}

function checkSamples(drafts: readonly Draft[], problems: Problem[]): void {
  const dialects = createDialects(drafts.map(({ entry }) => entry));
  for (const { entry, lines } of drafts) {
    for (const [index, sample] of entry.samples.entries()) {
      const why = whyNotRead(entry, sample, dialects.entryOf(sample));
      if (why !== null)
        problems.push({
          line: lines.samples[index] as number,
          message: `${entry.id}: field "samples": "${sample}" ${why}`,
        });
    }
    for (const [index, other] of entry.others.entries()) {
      if (dialects.entryOf(other) === entry)
        problems.push({
          line: lines.others[index] as number,
          message: `${entry.id}: field "others": "${other}" must not fit, but does`,
        });
    }
  }
}

function whyNotRead(entry: Entry, sample: string, read: Entry | null): string | null {
  if (read === entry) return null;
  const small = sample.toLowerCase();
  if (!entry.stems.some((stem) => small.includes(stem))) return "has none of the stems";
  if (!entry.pattern.test(sample)) return "does not fit the pattern";
  return `is read as ${read?.id ?? "nothing"}, which stands before it`;
}
