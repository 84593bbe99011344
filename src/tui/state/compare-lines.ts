/** Two cancels beside each other: what is alike is plain, what differs is marked. */
import type { Cascade } from "../../model/index.ts";
import {
  because,
  clockTime,
  cut,
  fateOf,
  fateWord,
  hopName,
  hopRows,
  hopWords,
  howWord,
  pad,
  printable,
  shownDelay,
  starterName,
  sureWord,
  widthOf,
} from "../../present/index.ts";
import { type Line, span } from "../line.ts";
import type { Theme } from "../theme.ts";

/** What one row says of both; `same` where no person has to look. */
interface Row {
  readonly name: string;
  readonly one: string;
  readonly other: string;
  readonly same: boolean;
}

/** The screen that compares two cancels; no line is wider than `width`. */
export function compareLines(one: Cascade, other: Cascade, width: number, theme: Theme): readonly Line[] {
  const facts = factRows(one, other, theme);
  const services = serviceRows(one, other);
  const names = [...facts, ...services].map(({ name }) => widthOf(name));
  const name = Math.min(Math.max(10, ...names), Math.max(10, Math.floor(width * 0.3)));
  const each = Math.max(6, Math.floor((width - name - 7) / 2));
  const fitted = (text: string, room: number): string => pad(cut(text, room, theme.glyphs.cut), room);
  const drawn = (row: Row): Line => [
    span(row.same ? "   " : " * ", "danger"),
    span(`${fitted(row.name, name)}  `, "dim"),
    span(`${fitted(row.one, each)}  `, row.same ? "plain" : "bold"),
    span(fitted(row.other, each), row.same ? "plain" : "bold"),
  ];
  const different = [...facts, ...services].filter(({ same }) => !same).length;
  return [
    [span(different === 0 ? " nothing differs but the times" : ` * marks what differs: ${different} rows`, "bold")],
    [],
    ...facts.map(drawn),
    [],
    [span(`   ${fitted("SERVICE", name)}  ${fitted("FIRST", each)}  ${fitted("SECOND", each)}`, "dim")],
    ...services.map(drawn),
  ];
}

function factRows(one: Cascade, other: Cascade, { clock }: Theme): readonly Row[] {
  const row = (name: string, say: (cascade: Cascade) => string, compared = true): Row => {
    const [first, second] = [say(one), say(other)];
    return { name, one: first, other: second, same: !compared || first === second };
  };
  return [
    row(
      `at ${clock.name}`,
      ({ firstAt }) => (firstAt === undefined ? "no time" : clockTime(firstAt, clock, true)),
      false,
    ),
    row("cancel", ({ id, traceId }) => printable(traceId ?? id), false),
    row("started by", starterName),
    row("how", ({ origin }) => howWord(origin)),
    row("because", because),
    row("sure", ({ origin }) => sureWord(origin)),
    row("stopped", (cascade) => fateWord(fateOf(cascade))),
    row("within", withinOf, false),
  ];
}

function withinOf(cascade: Cascade): string {
  const { withinMs } = fateOf(cascade);
  return withinMs === null ? "" : shownDelay(withinMs).slice(1);
}

/** What became of each service in both, in the order of the first one's tree. */
function serviceRows(one: Cascade, other: Cascade): readonly Row[] {
  const [first, second] = [fatesIn(one), fatesIn(other)];
  return [...new Set([...first.keys(), ...second.keys()])].map((name): Row => {
    const [here, there] = [first.get(name), second.get(name)];
    return { name, one: wordsOf(here), other: wordsOf(there), same: here?.state === there?.state };
  });
}

function wordsOf(fate: ReturnType<typeof hopWords> | undefined): string {
  return fate === undefined ? "not there" : [fate.state, fate.delay].filter((word) => word !== "").join(" ");
}

function fatesIn(cascade: Cascade): ReadonlyMap<string, ReturnType<typeof hopWords>> {
  const rows = hopRows(cascade).map(
    ({ hop }) => [hopName(cascade, { ...hop, aliases: [] }), hopWords(cascade, hop)] as const,
  );
  return new Map(rows);
}
