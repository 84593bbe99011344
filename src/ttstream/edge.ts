/**
 * What the HTTP edge of this package says in the text of a cancel that its client began: the words of nobody else, so that a log of any
 * service below tells that the origin stands outside.
 */
import type { Kind } from "../model/index.ts";

/** The sentences, with the kind of the cascade that each begins. The first words of none are another one. */
export const EDGE_SENTENCES = {
  left: "the HTTP client left",
  uploadAborted: "the HTTP client aborted its upload",
  broke: "the HTTP client sent what is no HTTP",
} as const;

/** What the client of an edge meant by leaving. */
export const USER_LEFT = "user-left";

/** A sentence of an edge. */
export interface EdgeSentence {
  readonly sentence: string;
  readonly kind: Kind;
  readonly intent: string | null;
}

const ALL: readonly EdgeSentence[] = [
  { sentence: EDGE_SENTENCES.left, kind: "disconnect", intent: USER_LEFT },
  { sentence: EDGE_SENTENCES.uploadAborted, kind: "disconnect", intent: USER_LEFT },
  { sentence: EDGE_SENTENCES.broke, kind: "reset", intent: null },
];

/** The sentence of an edge that a text begins with; null where it begins with none. */
export function edgeSentenceOf(text: string): EdgeSentence | null {
  return ALL.find(({ sentence }) => text.startsWith(sentence)) ?? null;
}

/** The party outside that acted at an edge, in words. */
export function httpClientOf(service: string): string {
  return `the HTTP client of ${service}`;
}
