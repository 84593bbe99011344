import { closeSync, existsSync, openSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { ReadStream } from "node:tty";
import { describeReceiver, Reading, type Scope } from "../../pipeline/index.ts";
import { type Clock, type Overrule, printable, type Redaction, UTC_CLOCK } from "../../present/index.ts";
import {
  askBackground,
  readColorFgBg,
  type Screens,
  startScreens,
  type ThemeName,
  type ThemeOptions,
} from "../../tui/index.ts";
import { EXIT, type Failure, unreadable, usageFailure } from "../failure.ts";
import { readOwnDialects } from "../options/dialects.ts";
import { type FollowOptions, readFollow } from "../options/follow.ts";
import type { KeepOptions } from "../options/history.ts";
import { type ListenOptions, openReading, readListen, splitListen } from "../options/listen.ts";
import { OVERRULES_FILE, writeOverrules } from "../options/overrules.ts";
import { readRedaction } from "../options/redact.ts";
import { readScope, type ScopeOptions, shownClock } from "../options/scope.ts";
import { readStoreOptions, type StoreOptions } from "../options/stores.ts";
import type { Keeper } from "../terminal/keeper.ts";
import { type Look, readLook } from "../terminal/look.ts";
import { keepHeapSmall, SCREEN_LIMITS } from "../terminal/memory.ts";
import type { Output } from "../terminal/output.ts";
import type { PastReader } from "../terminal/past.ts";
import { createReadingFeed, type ReadingFeed } from "../terminal/reading-feed.ts";
import { openPast, openPastAlone } from "./open-past.ts";

/** The options of `tui`, as they stand on the command line. */
export interface TuiOptions extends ScopeOptions, ListenOptions, StoreOptions, FollowOptions, KeepOptions {
  readonly ascii?: boolean;
  readonly mouse?: boolean;
  readonly plain?: boolean;
  readonly theme?: ThemeName;
}

/** What the screens are told besides what they show. */
export interface ShowOptions {
  /** The conditions of the command line, a chip each. */
  readonly chips?: readonly string[];
  readonly clock?: Clock;
  readonly redaction?: Redaction;
  readonly mouse?: boolean;
  /** Where sentences go instead of screens; null: screens. */
  readonly plain?: Output | null;
  /** What just happened, in a sentence. */
  readonly story?: () => string | null;
  readonly overrules?: readonly Overrule[];
  readonly keep?: (overrules: readonly Overrule[]) => string;
  /** Keeps the cascades for months; null: they are gone with the screens. */
  readonly keeper?: Keeper | null;
  /** What was kept before, to be looked at; null: nothing is. */
  readonly past?: PastReader | null;
}

type Shown = Required<Pick<ShowOptions, "clock" | "redaction" | "mouse" | "plain">>;

/** How long the program waits for open inputs after the person has left: twice that is its end. */
const LEAVE_MS = 50;

/**
 * Shows the screens until the person leaves. Returns the exit code.
 *
 * @throws Failure for wrong options, without a terminal, and where no input could be read
 */
export async function runTui(words: readonly string[], options: TuiOptions, stdout: Output): Promise<number> {
  if (!process.stdout.isTTY) {
    throw usageFailure("tui needs a terminal, and standard output is none; use: streamscope scan FILE…");
  }
  const [inputs, listenOptions] = splitListen(words, options);
  const stores = readStoreOptions(options, process.env);
  const follow = readFollow(
    options,
    inputs.some((input) => input !== "-"),
  );
  const alone = inputs.length === 0 && stores.length === 0 && !follow?.kubectl;
  const redaction = await readRedaction(options);
  const { theme, ascii } = options;
  const asked = { ...(theme === undefined ? {} : { theme }), ...(ascii === undefined ? {} : { ascii }) };
  const look = readLook({ colour: stdout.colour, ...asked }, process.env, process.platform);
  const dumb = plainBecause(options.plain === true, process.env);
  const shown = {
    clock: shownClock(options),
    redaction,
    mouse: options.mouse === true,
    plain: dumb === null ? null : stdout,
  };
  if (dumb !== null) stdout.write(`${dumb}\n`);
  const onlyHistory =
    alone && process.stdin.isTTY && options.history !== undefined && listenOptions.listen === undefined;
  if (onlyHistory) return await showHistory(options, look, shown);
  const listen = readListen(listenOptions, alone && process.stdin.isTTY, redaction);
  const fromPipe = alone && listen === null;
  const dialects = await readOwnDialects(options.dialects);
  const path = options.overrules ?? OVERRULES_FILE;
  // The screens write it, so it need not be there yet
  const { overrules: _, ...others } = options;
  const scoped = existsSync(path) ? { ...others, overrules: path } : others;
  const scope = readScope({
    inputs: fromPipe ? ["-"] : inputs,
    options: scoped,
    dialects,
    nowMs: Date.now(),
    listen,
    stores,
    follow,
  });
  const titles = [titleOf(scope.inputs), ...stores.map(({ url }) => url.host), follow?.kubectl?.selector];
  const title = titles.filter((part) => part !== undefined && part !== "").join(" + ");
  return await showScope(scope, title, look, {
    ...(await openPast(options, redaction, shown.clock)),
    ...shown,
    chips: chipsOf(options),
    overrules: scope.overrules,
    keep: (words) => {
      writeOverrules(path, words);
      return path;
    },
  });
}

/**
 * Shows the cascades of a scope until the person leaves.
 *
 * @throws Failure where the keys cannot be read, and where no input could be read
 */
export async function showScope(scope: Scope, title: string, look: Look, options: ShowOptions = {}): Promise<number> {
  const readsStdin = scope.inputs.includes("-");
  const keys = readsStdin || !process.stdin.isTTY ? openTerminalKeys() : process.stdin;
  const reading = new Reading(scope, SCREEN_LIMITS);
  const receiver = await openReading(reading);
  const full = [title, receiver === null ? "" : describeReceiver(receiver)].filter(Boolean).join(" + ");
  try {
    await showReading(reading, () => full, keys, look, options);
  } finally {
    if (keys !== process.stdin) keys.destroy();
    if (readsStdin) process.stdin.destroy();
    // A pipe whose writer does not end, or a file on a dead share, must not keep a person who has left.
    void setTimeout(LEAVE_MS, undefined, { ref: false }).then(() => process.exit());
  }
  return EXIT.done;
}

/**
 * Shows a reading that is open and has not run, until the person leaves. `title` is asked whenever the header is drawn.
 *
 * @throws Failure where no input could be read
 */
export async function showReading(
  reading: Reading,
  title: () => string,
  keys: ReadStream,
  look: Look,
  options: ShowOptions = {},
): Promise<void> {
  keepHeapSmall();
  const {
    chips = [],
    story,
    overrules,
    keep,
    clock = UTC_CLOCK,
    redaction = null,
    mouse = false,
    plain = null,
    keeper = null,
    past = null,
  } = options;
  const feed = createReadingFeed(reading, title, {
    scope: chips,
    ...(story === undefined ? {} : { story }),
    ...(overrules === undefined ? {} : { overrules }),
    ...(keep === undefined ? {} : { keep }),
    ...(keeper === null ? {} : { watch: keeper.look }),
    past,
  });
  const note = past?.past().note ?? null;
  if (plain !== null && note !== null) plain.write(`${printable(note)}\n`);
  const afterwards = (screens: Screens, signal: AbortSignal): void => leaveWithoutInput(reading, screens, signal);
  try {
    await showFeed(feed, keys, look, { clock, redaction, mouse, plain }, afterwards);
  } finally {
    keeper?.finish(reading.diagnose());
    past?.close();
  }
  const problem = keeper?.problem() ?? past?.past().note ?? null;
  if (problem !== null) process.stderr.write(`streamscope: --history ${printable(problem)}\n`);
}

/** Shows what a history holds until the person leaves; nothing else is read, and nothing is kept. */
async function showHistory(options: TuiOptions, look: Look, shown: Shown): Promise<number> {
  if (options.where !== undefined)
    throw usageFailure("--where: of a history alone, the filter of the screens does that: press /");
  const { since, until } = readScope({ inputs: [], options, nowMs: Date.now() });
  const ms = (at: bigint | undefined, otherwise: number): number =>
    at === undefined ? otherwise : Number(at / 1_000_000n);
  const scope = { from: ms(since, Number.NEGATIVE_INFINITY), to: ms(until, Number.POSITIVE_INFINITY) };
  const past = await openPastAlone(options, shown.clock, scope);
  const { createPastFeed } = await import("../terminal/past-feed.ts");
  try {
    await showFeed(createPastFeed(past, chipsOf(options)), process.stdin, look, shown, () => undefined);
  } finally {
    past.close();
  }
  return EXIT.done;
}

/** Shows a feed in sentences or on screens, until the person leaves. */
async function showFeed(
  feed: ReadingFeed,
  keys: ReadStream,
  look: Look,
  { clock, redaction, mouse, plain }: Shown,
  afterwards: (screens: Screens, signal: AbortSignal) => void,
): Promise<void> {
  if (plain !== null) return await (await import("./plain.ts")).showPlain(feed, keys, plain, clock);
  const theme = await themeFor(look, keys);
  const screens = startScreens(feed, {
    stdout: process.stdout,
    keys,
    theme: { ...look, theme, clock },
    redaction,
    mouse,
  });
  const abort = new AbortController();
  const run = screens
    .painted()
    .then(() => feed.run(abort.signal))
    .then(() => afterwards(screens, abort.signal))
    .catch((error: unknown) => screens.close(error instanceof Error ? error : new Error(String(error))));
  try {
    await screens.closed;
  } finally {
    abort.abort();
  }
  // An input that is quiet does not hear of it before its next byte.
  await Promise.race([run, setTimeout(LEAVE_MS, undefined, { ref: false })]);
}

/** Why sentences are told instead of drawing screens; null where screens are drawn. */
function plainBecause(asked: boolean, { TERM: term = "" }: NodeJS.ProcessEnv): string | null {
  if (asked) return "In sentences, as asked.";
  if (process.platform === "win32" || (term !== "" && term !== "dumb")) return null;
  return `In sentences: ${term === "" ? "TERM is not set" : "TERM=dumb"}, so this terminal cannot draw screens.`;
}

/** Dark or light where the terminal or its environment says so; nearly all are dark. */
async function themeFor({ theme, sixteen }: Look, keys: ReadStream): Promise<ThemeOptions["theme"]> {
  if (theme !== "auto") return theme;
  if (sixteen) return "dark";
  return (await askBackground(process.stdout, keys)) ?? readColorFgBg(process.env["COLORFGBG"]) ?? "dark";
}

/** The conditions of the command line, one chip each. */
function chipsOf({ since, until, where = [] }: TuiOptions): readonly string[] {
  return [
    ...(since === undefined ? [] : [`since ${since}`]),
    ...(until === undefined ? [] : [`until ${until}`]),
    ...where,
  ];
}

function leaveWithoutInput(reading: Reading, screens: Screens, signal: AbortSignal): void {
  if (signal.aborted) return;
  const { input } = reading;
  if (input.inputs === 0) screens.close(unreadable(input));
}

/** Where standard input is data, the keys come from the terminal itself. */
function openTerminalKeys(): ReadStream {
  let fd: number;
  try {
    fd = openSync("/dev/tty", "r");
  } catch {
    throw noKeys();
  }
  try {
    return new ReadStream(fd);
  } catch {
    closeSync(fd);
    throw noKeys();
  }
}

function noKeys(): Failure {
  return usageFailure("tui needs a terminal for the keys, and there is none; use: streamscope scan -");
}

function titleOf(inputs: readonly string[]): string {
  if (inputs.length > 1) return `${inputs.length} inputs`;
  const [only = ""] = inputs;
  if (only === "-") return "standard input";
  return only.split("/").filter(Boolean).at(-1) ?? only;
}
