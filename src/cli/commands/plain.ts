/**
 * The diagnosis in sentences, for screen readers, dumb terminals and logs: nothing is drawn twice, and prompts end with a colon.
 */
import { createInterface } from "node:readline";
import type { ReadStream } from "node:tty";
import {
  type AlikeGroup,
  adviceOn,
  type Clock,
  groupAlike,
  plainSentences,
  plainSummary,
  plural,
  printable,
} from "../../present/index.ts";
import { PLAIN_STYLES, reportText } from "../../report/index.ts";
import type { Output } from "../terminal/output.ts";
import type { ReadingFeed } from "../terminal/reading-feed.ts";

const ASK = "Number opens, s summary, w warnings, q quits:";
const HELP = "A number opens the cancel of that number, s sums up, w tells the warnings and what to do, q quits.";
const LOOK_MS = 1_000;
const DETAIL = 20;

/** Tells what is found, as it is found, and answers until the person leaves. */
export async function showPlain(feed: ReadingFeed, keys: ReadStream, stdout: Output, clock: Clock): Promise<void> {
  const leaving = new AbortController();
  const told: AlikeGroup[] = [];
  const known = new Set<string>();
  const say = (text: string): void => stdout.write(`${text}\n`);
  let before: ReadonlySet<unknown> = new Set();
  /** A cancel that still changes is told later: nothing can be taken back. */
  const tell = (all: boolean): void => {
    const { diagnosis } = feed.snapshot();
    const settled = diagnosis.cascades.filter((cascade) => all || before.has(cascade));
    before = new Set(diagnosis.cascades);
    for (const group of groupAlike(
      settled.filter(({ id, aliases }) => ![id, ...aliases].some((each) => known.has(each))),
    )) {
      for (const { id } of group.members) known.add(id);
      told.push(group);
      const [first = "", ...more] = plainSentences(group.example, group.count, clock);
      say(`${told.length}. ${first}`);
      for (const line of more) say(line);
    }
  };
  const summary = (): void => {
    const { diagnosis, progress } = feed.snapshot();
    say(plainSummary(diagnosis, progress));
    for (const { name, problem } of progress.inputs)
      if (problem !== null) say(`Not read: ${printable(name)}: ${printable(problem)}.`);
    if (progress.records === 0 && progress.live === null) say("Nothing was read so far, which is no all-clear.");
  };
  const warnings = (): void => {
    const { diagnosis } = feed.snapshot();
    if (diagnosis.warnings.length === 0) say("No warnings.");
    for (const { rule, text, count } of diagnosis.warnings) {
      const { name, todo } = adviceOn(rule);
      say(`${name}, ${plural(count, "time")}: ${printable(text)}. ${todo}`);
    }
  };
  const lines = createInterface({ input: keys, terminal: false });
  const left = new Promise<void>((resolve) => {
    lines.on("line", (line) => {
      const word = line.trim();
      if (word === "q") resolve();
      else if (word === "s") summary();
      else if (word === "w") warnings();
      else if (word === "?") say(HELP);
      else if (/^\d+$/.test(word)) open(told[Number(word) - 1], word);
      else if (word !== "") say(`There is no command "${printable(word)}". ${HELP}`);
      if (word !== "q") say(ASK);
    });
    lines.on("close", resolve);
  });
  const open = (group: AlikeGroup | undefined, number: string): void => {
    if (group === undefined) {
      say(`There is no number ${number}.`);
      return;
    }
    const { diagnosis, progress } = feed.snapshot();
    const { records, unmatched, unmatchedSample } = progress;
    const input = { inputs: 1, unread: 0, records, unmatched, unmatchedSample, diagnostics: [], diagnosticCount: 0 };
    const one = { ...diagnosis, cascades: [group.example], warnings: [] };
    const text = reportText(
      { input, diagnosis: one },
      { styles: PLAIN_STYLES, columns: stdout.columns, limit: 1, detail: DETAIL },
    );
    for (const each of text) say(each);
  };
  /** Once all that was there is told: what it comes to, and what may be asked. */
  let asked = false;
  const ask = (): void => {
    if (asked) return;
    asked = true;
    tell(true);
    summary();
    say(ASK);
  };
  const timer = setInterval(() => {
    tell(false);
    // What is followed has no end, and somebody wants to know when it has come to what is written now
    if (feed.snapshot().progress.done) ask();
  }, LOOK_MS);
  const ended = feed.run(leaving.signal).then(() => {
    if (leaving.signal.aborted) return;
    tell(true);
    ask();
  });
  try {
    await Promise.race([left, ended.then(() => left)]);
  } finally {
    clearInterval(timer);
    leaving.abort();
    lines.close();
  }
}
