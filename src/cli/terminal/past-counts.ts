/** How often whom a history tells of, by day: what is counted of it a part of a day at a time. */
import type { HistoryReader, Part, Shape, ShapeInPart } from "../../history/index.ts";
import type { Cascade } from "../../model/index.ts";
import { serviceSubject, starterSubject, type Trend } from "../../tui/index.ts";

const WEEK = 7;
/** So many shapes have an example: more than anybody walks through. */
export const MOST_EXAMPLES = 2_000;

/** What stands for a shape: its newest cascade, and how many there were before today and today. */
interface Example {
  before: number;
  today: number;
  at: number;
  newest: Cascade | null;
}

interface Counted {
  total: number;
  first: string;
  before: string | null;
  readonly byDay: Map<string, number>;
}

/** Counts of subjects, and where they are wanted the newest cascade of each shape. */
export class PastCounts {
  readonly #reader: HistoryReader;
  readonly #withExamples: boolean;
  readonly #subjects = new Map<string, Counted>();
  readonly #examples = new Map<number, Example>();
  #days: readonly string[] = [];
  #isCut = false;

  constructor(reader: HistoryReader, withExamples: boolean) {
    this.#reader = reader;
    this.#withExamples = withExamples;
  }

  /** True while nothing has been counted. */
  get isEmpty(): boolean {
    return this.#subjects.size === 0;
  }

  /** True where shapes have no example, because there are too many. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** The days of the trends, the last of them today; what was counted of today before is forgotten, and of a day that is over it stays. */
  begin(days: readonly string[]): void {
    const [before, today] = [this.#days.at(-1), days.at(-1) ?? ""];
    this.#days = days;
    for (const example of this.#examples.values()) {
      if (before !== today) example.before += example.today;
      example.today = 0;
    }
    for (const known of this.#subjects.values()) {
      known.total -= known.byDay.get(today) ?? 0;
      known.byDay.delete(today);
    }
  }

  /** Adds what a part of a day holds; returns how many cancels that is. */
  add(day: string, part: Pick<Part, "from" | "to">): number {
    let all = 0;
    for (const each of this.#reader.shapesIn(part)) {
      for (const subject of subjectsOf(this.#reader.shape(each.shape))) this.#countFor(subject, day, each.count);
      if (this.#withExamples) this.#countExample(day, each);
      all += each.count;
    }
    return all;
  }

  /** The trends of all subjects. */
  trends(): ReadonlyMap<string, Trend> {
    const trends = new Map<string, Trend>();
    for (const [subject, { total, first, before, byDay }] of this.#subjects)
      trends.set(subject, { counts: this.#days.map((day) => byDay.get(day) ?? 0), total, first, before });
    return trends;
  }

  /** The newest cascade of each shape, with as many cancels as the shape has. */
  examples(): readonly Cascade[] {
    return [...this.#examples.values()].flatMap(({ before, today, newest }) =>
      newest === null ? [] : [{ ...newest, count: before + today }],
    );
  }

  #countFor(subject: string, day: string, count: number): void {
    const known = this.#subjects.get(subject) ?? { total: 0, first: day, before: null, byDay: new Map() };
    this.#subjects.set(subject, known);
    known.total += count;
    if (day < known.first) known.first = day;
    const isBefore = day < (this.#days[this.#days.length - WEEK] ?? "");
    if (isBefore && (known.before === null || day > known.before)) known.before = day;
    if (day >= (this.#days[0] ?? "")) known.byDay.set(day, (known.byDay.get(day) ?? 0) + count);
  }

  #countExample(day: string, { shape, count, newest }: ShapeInPart): void {
    if (!this.#examples.has(shape) && this.#examples.size >= MOST_EXAMPLES) {
      this.#isCut = true;
      return;
    }
    const example = this.#examples.get(shape) ?? { before: 0, today: 0, at: Number.NEGATIVE_INFINITY, newest: null };
    this.#examples.set(shape, example);
    example[day === this.#days.at(-1) ? "today" : "before"] += count;
    if (newest === null || newest.at <= example.at) return;
    const cascade = this.#reader.at(newest.key);
    // In the place of a damaged one stands the next older one
    if (cascade === null) return;
    example.at = newest.at;
    example.newest = cascade;
  }
}

/** All that a cancel of a shape counts for: its starter and deed, and each service that started it or was reached. */
function subjectsOf({ service, starter, kind, reached }: Shape): readonly string[] {
  const services = new Set(service === null ? reached : [service, ...reached]);
  return [starterSubject(service, starter, kind), ...[...services].map(serviceSubject)];
}
