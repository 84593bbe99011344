/**
 * Flags as Go's flag package reads them, so that a command line written for kitexpeer works here: `-name v`, `--name v`, `--name=v`;
 * switches take no word of their own.
 */
import { parseDuration } from "../../../src/ttstream/index.ts";

/** One flag: what it is without being given, what it does, how its word is read. */
export interface Flag<Value> {
  readonly initial: Value;
  readonly usage: string;
  readonly isSwitch: boolean;
  /** Throws {@link UsageError} for a word it cannot read. */
  read(word: string): Value;
}

/** A command line that makes no sense. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The values of flags, by their names. */
export type FlagValues<Flags> = {
  readonly [Name in keyof Flags]: Flags[Name] extends Flag<infer Value> ? Value : never;
};

/** A flag that takes any word. */
export function words(initial: string, usage: string): Flag<string> {
  return { initial, usage, isSwitch: false, read: (word) => word };
}

/** A whole number. */
export function count(initial: number, usage: string): Flag<number> {
  return { initial, usage, isSwitch: false, read: readCount };
}

/** A Go duration, as milliseconds. */
export function duration(usage: string): Flag<number> {
  return { initial: 0, usage, isSwitch: false, read: readMillis };
}

/** True or false; given alone it means true. */
export function toggle(usage: string): Flag<boolean> {
  return { initial: false, usage, isSwitch: true, read: readTruth };
}

/** Reads a whole number. */
export function readCount(word: string): number {
  if (!/^[+-]?\d+$/.test(word)) throw new UsageError(`"${word}" is no whole number`);
  return Number(word);
}

/** Reads a Go duration such as `300ms`; milliseconds. */
export function readMillis(word: string): number {
  const nanos = parseDuration(word);
  if (nanos === null) throw new UsageError(`"${word}" is no duration such as 300ms`);
  return Number(nanos) / 1e6;
}

/** Reads what Go takes for a bool. */
export function readTruth(word: string): boolean {
  if (/^(1|t|T|true|TRUE|True)$/.test(word)) return true;
  if (/^(0|f|F|false|FALSE|False)$/.test(word)) return false;
  throw new UsageError(`"${word}" is neither true nor false`);
}

/** Reads a command line. Null: help was asked for. Throws {@link UsageError}. */
function readFlags<Flags extends Readonly<Record<string, Flag<unknown>>>>(
  flags: Flags,
  argv: readonly string[],
): FlagValues<Flags> | null {
  const values: Record<string, unknown> = {};
  for (const [name, { initial }] of Object.entries(flags)) values[name] = initial;
  for (let at = 0; at < argv.length; at += 1) {
    const match = /^--?([^-=][^=]*)(?:=([\s\S]*))?$/.exec(argv[at] as string);
    if (match === null) throw new UsageError(`"${argv[at]}" is no flag`);
    const [, name = "", attached] = match;
    if (name === "h" || name === "help") return null;
    const flag = flags[name];
    if (flag === undefined) throw new UsageError(`flag provided but not defined: -${name}`);
    let word = attached;
    if (word === undefined && flag.isSwitch) word = "true";
    if (word === undefined) {
      at += 1;
      word = argv[at];
    }
    if (word === undefined) throw new UsageError(`flag needs an argument: -${name}`);
    try {
      values[name] = flag.read(word);
    } catch (error) {
      throw new UsageError(`-${name}: ${(error as Error).message}`);
    }
  }
  return values as FlagValues<Flags>;
}

/** The flags as a list for people. */
function describeFlags(flags: Readonly<Record<string, Flag<unknown>>>): string {
  const lines = Object.entries(flags).map(([name, { usage, initial }]) => {
    const shown = initial === "" || initial === 0 || initial === false ? "" : ` (default ${JSON.stringify(initial)})`;
    return `  --${name}\n        ${usage}${shown}\n`;
  });
  return lines.join("");
}

/** A word after `peer`: what its flags are, and what it does with them. */
export interface Command {
  readonly usage: string;
  /** Reads the flags and does it. False: help was asked for. Throws {@link UsageError}. */
  run(argv: readonly string[]): Promise<boolean>;
}

/** Makes a command of its flags and what it does. */
export function command<Flags extends Readonly<Record<string, Flag<unknown>>>>(
  flags: Flags,
  act: (values: FlagValues<Flags>) => Promise<void>,
): Command {
  return {
    usage: describeFlags(flags),
    async run(argv) {
      const values = readFlags(flags, argv);
      if (values === null) return false;
      await act(values);
      return true;
    },
  };
}
