/**
 * A person knows better who started a cancel: what is kept of such a word, which cancels it is about, and what it makes of them.
 */
import { type Cascade, countOrigins, type Diagnosis, type Reached } from "../model/index.ts";

/** One word of a person. */
export interface Overrule {
  /** Which cancels: one by its id, or all that look like it. */
  readonly about: { readonly id: string } | { readonly alike: string };
  readonly by: string;
  readonly note: string;
}

/** What makes cancels look alike to a person: who started them by the evidence, how, and whom they reached. */
export function likenessOf({ origin, reached }: Cascade): string {
  const service = origin.overruled === undefined ? origin.service : origin.overruled.was;
  const shape = reached
    .filter((each) => each.service !== origin.overruled?.was)
    .map((each) => each.service)
    .sort();
  return [service ?? "?", origin.kind, ...new Set(shape)].join(" > ");
}

/** The diagnosis with what people said; the very same where no word is about one of its cancels. */
export function overruled(diagnosis: Diagnosis, words: readonly Overrule[]): Diagnosis {
  if (words.length === 0) return diagnosis;
  const byId = new Map<string, Overrule>();
  const byLikeness = new Map<string, Overrule>();
  for (const word of words) {
    if ("id" in word.about) byId.set(word.about.id, word);
    else byLikeness.set(word.about.alike, word);
  }
  const cascades = diagnosis.cascades.map((cascade) => {
    const { id, aliases } = cascade;
    const word =
      byId.get(id) ??
      aliases.map((alias) => byId.get(alias)).find((each) => each !== undefined) ??
      (byLikeness.size === 0 ? undefined : byLikeness.get(likeness(cascade)));
    return word === undefined ? cascade : said(cascade, word);
  });
  if (cascades.every((cascade, index) => cascade === diagnosis.cascades[index])) return diagnosis;
  return { ...diagnosis, cascades, origins: countOrigins(cascades) };
}

const likenesses = new WeakMap<Cascade, string>();

function likeness(cascade: Cascade): string {
  let text = likenesses.get(cascade);
  if (text === undefined) {
    text = likenessOf(cascade);
    likenesses.set(cascade, text);
  }
  return text;
}

const made = new WeakMap<Cascade, { readonly word: Overrule; readonly cascade: Cascade }>();

/** The cascade with another root. Kept, so that the same word makes the same object again. */
function said(cascade: Cascade, word: Overrule): Cascade {
  const before = made.get(cascade);
  if (before?.word === word) return before.cascade;
  const { origin } = cascade;
  const { by, note } = word;
  const { external: _, ...rest } = origin;
  const next: Cascade = {
    ...cascade,
    origin: { ...rest, service: by, overruled: { by, note, was: origin.service } },
    falseOrigins: cascade.falseOrigins.filter(({ service }) => service !== by),
    reached: by === origin.service ? cascade.reached : rooted(cascade, by),
  };
  made.set(cascade, { word, cascade: next });
  return next;
}

/** The services that a cancel reached from another root: the way between both is turned round. */
function rooted({ origin, reached, evidence }: Cascade, by: string): readonly Reached[] {
  const was = origin.service;
  const above = new Map(reached.map(({ service, via }) => [service, via]));
  const turned = new Map<string, string>();
  if (above.has(by)) {
    const seen = new Set<string>();
    let below = by;
    for (let up = above.get(by); up != null && !seen.has(up); up = above.get(up)) {
      seen.add(up);
      turned.set(up, below);
      below = up;
    }
  } else if (was !== null) turned.set(was, by);
  const others = reached
    .filter(({ service }) => service !== by)
    .map((each) => ({ ...each, via: turned.get(each.service) ?? each.via ?? by }));
  if (was === null || others.some(({ service }) => service === was)) return others;
  const own = evidence.filter(({ service }) => service === was);
  const former: Reached = {
    service: was,
    ...(origin.aliases === undefined ? {} : { aliases: origin.aliases }),
    state: own.length > 0 ? "stopped" : "silent",
    via: turned.get(was) ?? by,
    side: "server",
    observed: own.length > 0,
    confidence: origin.confidence,
    places: own.slice(0, 20).map(({ place }) => place),
    evidenceCount: own.length,
  };
  return [former, ...others];
}
