/** What of a cascade is looked for by words, and what it looks like beside others. */
import { type Cascade, victimsOf } from "../model/index.ts";
import { starterName } from "../present/index.ts";
import { MOST_EVIDENCE, TEXT_LENGTH } from "./pack.ts";

/** Names, ids, the trigger, and the lines of evidence, as much of them as is kept. */
export function indexedText(cascade: Cascade): string {
  const { origin, trigger, reached } = cascade;
  const names = [origin, ...reached].flatMap(({ service, aliases = [] }) => [service ?? "", ...aliases]);
  // Many lines of one cascade say the same
  const texts = new Set(cascade.evidence.slice(0, MOST_EVIDENCE).map(({ text }) => text.slice(0, TEXT_LENGTH)));
  return [
    cascade.id,
    ...cascade.aliases,
    ...(cascade.exemplars ?? []),
    cascade.traceId ?? "",
    ...names,
    origin.external ?? "",
    origin.intent ?? "",
    origin.callSite ?? "",
    trigger?.text.slice(0, TEXT_LENGTH) ?? "",
    ...texts,
  ].join("\n");
}

/** What cancels have in common that look alike: who started them, how, and whom they reached. */
export interface Shape {
  /** Null: not known. */
  readonly service: string | null;
  /** Who started it, as people read it: the service, a party outside, `? above chat`. */
  readonly starter: string;
  readonly kind: string;
  readonly code: number | null;
  /** The services that it stopped, in the order of the alphabet. */
  readonly reached: readonly string[];
  readonly victims: number;
}

/** The shape of a cascade. */
export function shapeOf(cascade: Cascade): Shape {
  const { service, kind, code } = cascade.origin;
  const reached = [...new Set(cascade.reached.map((each) => each.service))].filter((each) => each !== service).sort();
  return { service, starter: starterName(cascade), kind, code, reached, victims: victimsOf(cascade) };
}
