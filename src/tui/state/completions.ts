/** Ways to go on with a filter, each with how many cancels it would show or hide. */
import { type Cascade, CONFIDENCES } from "../../model/index.ts";
import { fateOf, howWord, plural, shownName, starterName, WHERE_FIELDS } from "../../present/index.ts";
import type { LineEdit } from "./line-edit.ts";
import type { Completion } from "./shown.ts";

const MOST = 8;
/** Values are counted in so many cascades; nobody waits for more of them between two keys. */
const MOST_COUNTED = 20_000;

/** The best ways to go on with the word before the cursor. */
export function completionsOf(cascades: readonly Cascade[], { text, at }: LineEdit): readonly Completion[] {
  const word = /\S*$/.exec(text.slice(0, at))?.[0] ?? "";
  const [, turn = "", field = "", sign, begun = ""] = /^([-!]?)([A-Za-z]*)(!=|=)?(.*)$/s.exec(word) ?? [];
  if (sign === undefined) return fieldsFor(turn, `${field}${begun}`);
  const values = valuesOf(field.toLowerCase(), cascades.slice(0, MOST_COUNTED));
  const hides = (sign === "!=") !== (turn !== "");
  return [...values]
    .filter(([value]) => value.toLowerCase().startsWith(begun.replaceAll('"', "").toLowerCase()))
    .sort(([one, many], [other, more]) => more - many || (one < other ? -1 : 1))
    .slice(0, MOST)
    .map(([value, number]) => ({
      text: `${turn}${field}${sign}${/[\s"]/.test(value) ? `"${value}"` : value}`,
      words: hides ? `${plural(number, "cancel")} hidden` : plural(number, "cancel"),
    }));
}

function fieldsFor(turn: string, begun: string): readonly Completion[] {
  return Object.entries(WHERE_FIELDS)
    .filter(([field]) => begun !== "" && field.startsWith(begun.toLowerCase()))
    .map(([field, example]) => ({ text: `${turn}${field}=`, words: `for example ${field}=${example}` }));
}

function valuesOf(field: string, cascades: readonly Cascade[]): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const cascade of cascades) {
    for (const value of new Set(valuesIn(field, cascade))) values.set(value, (values.get(value) ?? 0) + cascade.count);
  }
  if (field === "sure") for (const each of CONFIDENCES) if (!values.has(each)) values.set(each, 0);
  return values;
}

function valuesIn(field: string, cascade: Cascade): readonly string[] {
  const { origin, reached, traceId, id } = cascade;
  switch (field) {
    case "who":
    case "origin":
      return [origin.service === null ? "?" : starterName(cascade)];
    case "service":
      return [
        ...(origin.service === null ? [] : [shownName(origin.service)]),
        ...reached.map(({ service }) => shownName(service)),
      ];
    case "how":
      return [howWord(origin).replaceAll(" ", "-")];
    case "kind":
      return [origin.kind];
    case "sure":
      return [origin.confidence];
    case "code":
      return origin.code === null ? [] : [String(origin.code)];
    case "trace":
      return traceId === undefined ? [] : [traceId];
    case "id":
      return [id];
    case "stopped": {
      const { running, unseen } = fateOf(cascade);
      return [running.length > 0 ? "no" : unseen.length > 0 ? "?" : "yes"];
    }
    default:
      return [];
  }
}
