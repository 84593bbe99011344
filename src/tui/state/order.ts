/** The orders of the lists: by each column, with what nobody has to look at last. */
import { type Cascade, CONFIDENCES, type Confidence, type Instant, type Kind, victimsOf } from "../../model/index.ts";
import { type AlikeGroup, because, fateOf } from "../../present/index.ts";
import type { Sort } from "./ui-state.ts";

/** Who started cancels, and what the order of starters depends on. */
export interface Starter {
  /** A service, a party outside, `? above chat`. */
  readonly name: string;
  readonly known: boolean;
  readonly kind: Kind;
  /** What it did, in a word. */
  readonly how: string;
  /** Because of what, most often; further reasons are counted. */
  readonly because: string;
  /** The confidence most of its cascades have; the weaker one where two are equal. */
  readonly confidence: Confidence;
  readonly cascades: number;
  readonly victims: number;
  readonly lastAt: Instant | null;
  /** How bad the worst of them went: somebody works on, an end was not seen, all stopped. */
  readonly fate: (typeof WORST)[number];
  /** True where all of them are normal ends: nobody has to look. */
  readonly normal: boolean;
}

/** How bad a fate is, the worst first. */
export const WORST = ["running", "unseen", "stopped"] as const;

/** What became of the services of a cascade, by the worst of them. */
export function fateClass(cascade: Cascade): (typeof WORST)[number] {
  const { running, unseen } = fateOf(cascade);
  return running.length > 0 ? "running" : unseen.length > 0 ? "unseen" : "stopped";
}

/** The order of two starters. */
export function compareOrigins(one: Starter, other: Starter, { column, turned }: Sort<"origins">): number {
  const harmless = Number(one.kind === "error") - Number(other.kind === "error");
  const normal = Number(one.normal) - Number(other.normal);
  const order = originOrder(one, other, column);
  return normal || harmless || (turned ? -order : order) || compareNames(one, other);
}

function originOrder(one: Starter, other: Starter, column: Sort<"origins">["column"]): number {
  switch (column) {
    case "who":
      return compareNames(one, other);
    case "how":
      return compareText(one.how, other.how);
    case "because":
      return compareText(one.because, other.because);
    case "sure":
      return CONFIDENCES.indexOf(one.confidence) - CONFIDENCES.indexOf(other.confidence);
    case "times":
      return other.cascades - one.cascades || other.victims - one.victims;
    case "last":
      return compareInstants(other.lastAt, one.lastAt);
    case "stopped":
      return (
        WORST.indexOf(one.fate) - WORST.indexOf(other.fate) ||
        other.victims - one.victims ||
        other.cascades - one.cascades
      );
  }
}

function compareNames(one: Starter, other: Starter): number {
  if (one.known !== other.known) return one.known ? -1 : 1;
  return compareText(one.name, other.name) || compareText(one.kind, other.kind);
}

/** The order of two groups of like cascades. */
export function compareCascades(one: AlikeGroup, other: AlikeGroup, { column, turned }: Sort<"cascades">): number {
  const order = cascadeOrder(one, other, column);
  const earlier = compareInstants(one.example.firstAt ?? null, other.example.firstAt ?? null);
  return (turned ? -order : order) || earlier;
}

function cascadeOrder({ example, count }: AlikeGroup, other: AlikeGroup, column: Sort<"cascades">["column"]): number {
  const [a, b] = [example.origin, other.example.origin];
  switch (column) {
    case "first":
      return compareInstants(other.example.firstAt ?? null, example.firstAt ?? null);
    case "because":
      return compareText(because(example), because(other.example));
    case "sure":
      return CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence);
    case "way":
      return victimsOf(other.example) - victimsOf(example);
    case "like":
      return other.count - count;
    case "stopped":
      return (
        WORST.indexOf(fateClass(example)) - WORST.indexOf(fateClass(other.example)) ||
        victimsOf(other.example) * other.count - victimsOf(example) * count
      );
  }
}

/** The order of two texts. */
export function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The order of two instants; one that is not known comes last. */
function compareInstants(one: Instant | null, other: Instant | null): number {
  if (one === other) return 0;
  if (one === null) return 1;
  if (other === null) return -1;
  return one < other ? -1 : 1;
}
