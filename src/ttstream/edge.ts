/**
 * What the HTTP edge of this package says in the text of a cancel that its client began: the words of nobody else, so that a log of any
 * service below tells that the origin stands outside.
 */
import type { Kind } from "../model/index.ts";

/** A sentence of an edge, and the cancel that it tells of. */
export interface EdgeSentence {
  readonly sentence: string;
  readonly kind: Kind;
  /** What the client meant by it, where that is plain. */
  readonly intent: string | null;
}

/** The sentences. The first words of none are another one. */
export const EDGE_SENTENCES: Readonly<Record<"left" | "uploadAborted" | "broke", EdgeSentence>> = {
  left: { sentence: "the HTTP client left", kind: "disconnect", intent: "user-left" },
  uploadAborted: { sentence: "the HTTP client aborted its upload", kind: "disconnect", intent: "user-left" },
  broke: { sentence: "the HTTP client sent what is no HTTP", kind: "reset", intent: null },
};

const ALL = Object.values(EDGE_SENTENCES);

/** The sentence of an edge that a text begins with; null where it begins with none. */
export function edgeSentenceOf(text: string): EdgeSentence | null {
  return ALL.find(({ sentence }) => text.startsWith(sentence)) ?? null;
}

/** How the text of an edge ends that closes its own server; its code is that of a host above (12010). */
export const EDGE_CLOSING = "is closing its HTTP server";

/** The party outside that acted at an edge, in words. */
export function httpClientOf(service: string): string {
  return `the HTTP client of ${service}`;
}
