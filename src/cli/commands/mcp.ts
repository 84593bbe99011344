import { statSync } from "node:fs";
import {
  type DiagnoseQuestion,
  filesBelow,
  type HistoryQuestion,
  Refusal,
  serve,
  type Toolbox,
} from "../../mcp/index.ts";
import type { Cascade } from "../../model/index.ts";
import { Reading, type StoreScope } from "../../pipeline/index.ts";
import { printable, type Redaction, redactData, redactText } from "../../present/index.ts";
import { PLAIN_STYLES, reportCase, reportText, type TextOptions } from "../../report/index.ts";
import { Failure, isUnreadable, unreadable, usageFailure } from "../failure.ts";
import { type RedactOptions, readRedaction } from "../options/redact.ts";
import { readScope } from "../options/scope.ts";
import { readStoreOptions, type StoreOptions } from "../options/stores.ts";
import type { Output } from "../terminal/output.ts";
import { readVersion } from "../version.ts";
import { runExplain } from "./explain.ts";
import { runHistory } from "./history.ts";

/** The options of `mcp`, as they stand on the command line. */
export interface McpOptions extends StoreOptions, RedactOptions {
  readonly root?: readonly string[];
  readonly history?: string;
}

/** What the tools work with. */
interface Means {
  readonly roots: readonly string[];
  readonly stores: readonly StoreScope[];
  readonly history: string | null;
  readonly redaction: Redaction;
  /** The cascades that were found last, by their ids. */
  readonly found: Map<string, Cascade>;
}

const MOST_FOUND = 5_000;
const SHAPES = 5;
const STYLE: TextOptions = { styles: PLAIN_STYLES, columns: null, limit: SHAPES, detail: 4 };
/** Longer than that no model waits. */
const MOST_MS = 120_000;

/**
 * Serves the diagnosis to a model until standard input ends. Returns the exit code.
 *
 * @throws Failure for wrong options
 */
export async function runMcp(options: McpOptions, stderr: Output): Promise<number> {
  const { root: roots = [], history = null } = options;
  const stores = readStoreOptions(options, process.env);
  if (roots.length === 0 && stores.length === 0 && history === null)
    throw usageFailure(
      "mcp needs to know what may be read: --root FOLDER, a store such as --jaeger URL, or --history FILE",
    );
  for (const root of roots) {
    if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw usageFailure(`--root ${printable(root)}: there is no such folder`);
  }
  const means: Means = { roots, stores, history, redaction: await readRedaction(options), found: new Map() };
  const about = [
    ...(roots.length === 0 ? [] : [`Logs lie below ${roots.join(", ")}.`]),
    ...stores.map(({ kind, url }) => `A ${kind} at ${url.host} can be asked.`),
    ...(history === null ? [] : ["There is a history of older cancels."]),
  ].join(" ");
  await serve(toolboxOf(means), {
    version: readVersion(),
    about: printable(about),
    onDefect: (error) =>
      stderr.write(
        `streamscope: ${printable(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`,
      ),
  });
  return 0;
}

function toolboxOf(means: Means): Toolbox {
  const { history, redaction } = means;
  // One after the other: a folder of logs takes memory, and what was found last is what cascade knows
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<string>): Promise<string> => {
    const turn = last.then(() => refused(work, redaction)).then((text) => redactText(text, redaction));
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    diagnose: (question, signal) => inTurn(() => diagnose(means, question, signal)),
    cascade: (id) => inTurn(() => oneCascade(means, id)),
    explain: (text) => inTurn(() => captured((stdout) => runExplain([text], {}, stdout))),
    history: history === null ? null : (question) => inTurn(() => ask(history, question)),
  };
}

async function diagnose(means: Means, question: DiagnoseQuestion, signal: AbortSignal): Promise<string> {
  const { roots, stores, redaction, found } = means;
  const { paths = [], since, until, where, limit = SHAPES } = question;
  if (paths.length > 0 && roots.length === 0)
    throw new Refusal("no files may be read: the program was started without --root");
  if (paths.length === 0 && stores.length === 0)
    throw new Refusal(
      roots.length === 0 ? "there is no store to ask" : `name paths below ${roots.join(", ")}; "." is all of it`,
    );
  const inputs = paths.length === 0 ? [] : await filesBelow(roots, paths);
  if (paths.length > 0 && inputs.length === 0) throw new Refusal("there are no files in what the paths mean");
  const options = {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(where === undefined ? {} : { where: [where] }),
  };
  const scope = readScope({ inputs, options, nowMs: Date.now(), stores: paths.length === 0 ? stores : [] });
  const reading = new Reading(scope);
  const late = AbortSignal.any([signal, AbortSignal.timeout(MOST_MS)]);
  const stop = (): void => reading.stop();
  late.addEventListener("abort", stop);
  await reading.run();
  late.removeEventListener("abort", stop);
  const findings = redactData(reading.findings(), redaction);
  // Nothing that was read shows no cancel, and half of it shows another one
  if (isUnreadable(findings.input) && !late.aborted) throw unreadable(findings.input);
  for (const cascade of findings.diagnosis.cascades) {
    found.delete(cascade.id);
    found.set(cascade.id, cascade);
  }
  for (const id of found.keys()) {
    if (found.size <= MOST_FOUND) break;
    found.delete(id);
  }
  const cut = late.aborted ? ["It took too long; what had been read by then is here, what came after is not.", ""] : [];
  return [...cut, ...reportText(findings, { ...STYLE, limit })].join("\n");
}

async function oneCascade({ found, history }: Means, id: string): Promise<string> {
  const exact = found.get(id);
  const like = exact === undefined && id !== "" ? [...found.values()].filter((each) => each.id.startsWith(id)) : [];
  const cascade = exact ?? (like.length === 1 ? like[0] : undefined);
  if (cascade !== undefined) return reportCase(cascade, { ...STYLE, detail: 40 }).join("\n");
  if (history !== null && like.length === 0)
    return await captured((stdout) => runHistory(history, [], { id }, stdout, stdout));
  throw new Refusal(
    like.length > 1
      ? `${like.length} ids begin with that`
      : "no cascade with this id: diagnose first, and take one of its ids",
  );
}

async function ask(file: string, question: HistoryQuestion): Promise<string> {
  const { words, where, since, until, compare, by, limit } = question;
  const options = {
    ...(where === undefined ? {} : { where: [where] }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(compare === undefined ? {} : { compare }),
    ...(by === undefined ? {} : { by }),
    ...(limit === undefined ? {} : { limit: String(limit) }),
  };
  return await captured((stdout) => runHistory(file, words === undefined ? [] : [words], options, stdout, stdout));
}

/** What a command prints. */
async function captured(run: (stdout: Output) => Promise<number>): Promise<string> {
  const parts: string[] = [];
  const taken = (): Promise<void> => Promise.resolve();
  await run({ write: (text) => parts.push(text), taken, open: () => true, columns: null, colour: false });
  return parts.join("");
}

/** Mistakes of the question, and what kept it from being answered, are for the model, not for the log. What a store said may hold secrets. */
async function refused(work: () => Promise<string>, redaction: Redaction): Promise<string> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Failure || error instanceof Refusal
      ? new Refusal(redactText(error.message, redaction))
      : error;
  }
}
