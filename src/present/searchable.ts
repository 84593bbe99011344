/** All texts of a cascade in which words are looked for: names, ids, the reason, the lines of evidence with their places. */
import { type Cascade, formatPlace } from "../model/index.ts";
import { because, howWord, starterName } from "./answer.ts";

/** A cascade is an object that never changes, so its texts are put together once. */
const known = new WeakMap<Cascade, string>();

/** Those texts as one, a line each, in lower case. */
export function searchableText(cascade: Cascade): string {
  const before = known.get(cascade);
  if (before !== undefined) return before;
  const { origin, trigger, reached, evidence } = cascade;
  const names = [origin, ...reached].flatMap(({ service, aliases = [] }) => [service ?? "", ...aliases]);
  const parts = [
    `${starterName(cascade)} ${howWord(origin)}`,
    origin.kind,
    because(cascade),
    origin.external ?? "",
    ...names,
    ...(trigger === undefined ? [] : [`${trigger.service}: ${trigger.text}`]),
    cascade.id,
    ...cascade.aliases,
    ...(cascade.exemplars ?? []),
    cascade.traceId ?? "",
    ...origin.reasons.map(({ text }) => text),
    ...evidence.map(({ place, text }) => `${formatPlace(place)} ${text}`),
  ];
  const text = parts.join("\n").toLowerCase();
  known.set(cascade, text);
  return text;
}
