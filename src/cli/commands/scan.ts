import { describeReceiver, type ListenScope, Reading, type Scope } from "../../pipeline/index.ts";
import { type Findings, plural, printable, redactData } from "../../present/index.ts";
import type { Check } from "../../report/index.ts";
import { EXIT, Failure, isStopped, isUnreadable, unreadable, usageFailure } from "../failure.ts";
import { readOwnDialects } from "../options/dialects.ts";
import { parseFailOn } from "../options/fail-on.ts";
import { type FollowOptions, readFollow, readSettle } from "../options/follow.ts";
import type { KeepOptions } from "../options/history.ts";
import { type ListenOptions, openReading, readListen, splitListen } from "../options/listen.ts";
import { type PostOptions, readPost } from "../options/post.ts";
import { readRedaction } from "../options/redact.ts";
import { readScope, type ScopeOptions } from "../options/scope.ts";
import { readStoreOptions, type StoreOptions } from "../options/stores.ts";
import { onInterrupt } from "../terminal/interrupt.ts";
import type { Keeper } from "../terminal/keeper.ts";
import { LossNews } from "../terminal/loss-news.ts";
import { keepHeapSmall, SCAN_LIMITS } from "../terminal/memory.ts";
import { type Output, writeLines, writeParts } from "../terminal/output.ts";
import { createPace } from "../terminal/pace.ts";
import { type Amounts, startProgressLine } from "../terminal/progress-line.ts";
import { startSettledLines } from "../terminal/settled-lines.ts";
import { createStyles } from "../terminal/styles.ts";
import { Webhook } from "../terminal/webhook.ts";
import { openKeeper } from "./open-keeper.ts";

/** The options of `scan`, as they stand on the command line. */
export interface ScanOptions
  extends ScopeOptions,
    ListenOptions,
    StoreOptions,
    FollowOptions,
    PostOptions,
    KeepOptions {
  readonly json?: boolean;
  readonly format?: string;
  readonly failOn?: readonly string[];
  readonly strict?: boolean;
  readonly limit?: string;
  readonly all?: boolean;
  readonly show?: "unmatched";
}

const LIMIT = 10;
const DETAIL = 8;

/**
 * Reads the inputs to their ends and prints the report. Returns the exit code.
 *
 * @throws Failure for wrong options, and where no input could be read
 */
export async function runScan(
  words: readonly string[],
  options: ScanOptions,
  stdout: Output,
  stderr: Output,
): Promise<number> {
  const conditions = (options.failOn ?? []).map(parseFailOn);
  const [inputs, listenOptions] = splitListen(words, options);
  const redaction = await readRedaction(options);
  const listen = readListen(listenOptions, false, redaction);
  const stores = readStoreOptions(options, process.env);
  const follow = readFollow(options, false);
  const fromPipe = inputs.length === 0 && listen === null && stores.length === 0 && !follow?.kubectl;
  const dialects = await readOwnDialects(options.dialects);
  const nowMs = Date.now();
  const scope = readScope({ inputs: fromPipe ? ["-"] : inputs, options, dialects, nowMs, listen, stores, follow });
  if (fromPipe && process.stdin.isTTY) {
    throw usageFailure("scan needs something to read: streamscope scan FILE… or a pipe into streamscope scan");
  }
  if (options.json === true && options.format !== undefined && options.format !== "json") {
    throw usageFailure(`--json and --format ${options.format} say different things; leave one of them out`);
  }
  const limit = readLimit(options);
  const settleMs = readSettle(options);
  const keeper = await openKeeper(options, redaction);
  keepHeapSmall();
  const say = (text: string): void => stderr.write(`streamscope: ${printable(text)}\n`);
  const reading = new Reading(scope, SCAN_LIMITS, say);
  // When it happens, since the end may be weeks away
  const sayUnkept = (): void => {
    const news = keeper?.news() ?? null;
    if (news !== null) say(`--history ${news}`);
  };
  const goesOn = follow !== null || listen !== null;
  const target = readPost(options, goesOn, process.env);
  const webhook = target === null ? null : new Webhook(target);
  const settled =
    goesOn && options.format === "jsonl" && options.json !== true
      ? await startSettledLines(reading, { settleMs, redaction, output: stdout, webhook, onLoss: say })
      : null;
  const forwarding = listen?.forward == null ? undefined : watchForward(reading, say);
  const watching = keeper === null ? undefined : watch(reading, keeper, sayUnkept);
  const cut = await readAll(reading, scope, stderr).finally(() => {
    settled?.stop();
    clearInterval(watching);
    clearInterval(forwarding);
    // Half of what a store holds would be kept as the whole
    keeper?.finish(isUnreadable(reading.input) || isStopped(reading.input) ? null : reading.diagnose());
  });
  const findings = redactData(reading.findings(), redaction);
  if (cut !== null && findings.input.inputs === 0 && findings.input.diagnosticCount === 0)
    throw new Failure("interrupted before anything had been read", cut);
  if (isUnreadable(findings.input)) throw unreadable(findings.input);
  const checks = conditions.map((condition) => condition(findings.diagnosis));
  if (settled === null) await print(findings, { options, checks, limit }, stdout);
  else settled.finish(findings);
  const lost = (await webhook?.close()) ?? null;
  if (lost !== null) say(lost);

  const failed = checks.filter(({ count }) => count > 0);
  for (const { condition, count } of failed)
    stderr.write(`streamscope: --fail-on ${printable(condition)} holds: ${count}\n`);
  if (cut !== null) {
    stderr.write("streamscope: interrupted; what had been read by then is reported, what came after is not\n");
    return cut;
  }
  sayUnkept();
  if (failed.length > 0) return EXIT.failOn;
  return options.strict === true && (findings.input.unread > 0 || (keeper?.problem() ?? null) !== null)
    ? EXIT.noInput
    : EXIT.done;
}

const LOOK_MS = 500;

/** Says while it goes on that what came is not passed on; the report says so at the end. */
function watchForward(reading: Reading, say: (sentence: string) => void): NodeJS.Timeout {
  const news = new LossNews();
  return setInterval(() => {
    const { forward = null } = reading.input.receiver ?? {};
    if (forward === null || !news.isNew(forward.dropped, performance.now())) return;
    const why = forward.problem === null ? "" : ` (${forward.problem})`;
    say(
      `--forward: ${plural(forward.dropped, "request")} not passed on${why}; what gets lost is counted, the receiver goes on`,
    );
  }, LOOK_MS);
}

/** Keeps what settles while the reading goes on. */
function watch(reading: Reading, keeper: Keeper, sayUnkept: () => void): NodeJS.Timeout {
  const pace = createPace();
  let nextAt = 0;
  return setInterval(() => {
    const from = performance.now();
    if (from < nextAt) return;
    keeper.look(reading.diagnose());
    sayUnkept();
    nextAt = performance.now() + pace(performance.now() - from);
  }, LOOK_MS);
}

/** Reads to the end, or until the person ends it. Returns the exit code of inputs that were cut short; null where nothing was. */
async function readAll(reading: Reading, scope: Scope, stderr: Output): Promise<number | null> {
  const { inputs, listen, follow } = scope;
  const receiver = await openReading(reading);
  const parts = [
    ...(receiver === null ? [] : [`listening for OTLP at ${describeReceiver(receiver)}`]),
    ...(follow === null ? [] : [`following ${followed(scope)}`]),
  ];
  const until = (listen?.forMs ?? follow?.forMs ?? null) === null ? "; Ctrl-C ends it and prints the report" : "";
  if (parts.length > 0) stderr.write(`streamscope: ${parts.join(" and ")}${until}\n`);
  if (listen !== null) warnOpen(listen, stderr);
  const interruption = onInterrupt(() => reading.stop());
  // What listens and follows has no end to wait for
  const clear = parts.length > 0 ? () => undefined : startProgressLine(() => amountsOf(reading), stderr);
  try {
    await reading.run();
  } finally {
    clear();
    interruption.release();
    // A pipe whose writer does not end must not keep the program.
    if (inputs.includes("-")) process.stdin.destroy();
  }
  return parts.length > 0 ? null : interruption.exitCode();
}

function amountsOf({ sources, input }: Reading): Amounts {
  const read = sources.filter(({ kind, problem }) => kind === "read" && problem === null);
  const bytes = read.reduce<Amounts["bytes"]>(
    (sum, { bytes: each }) =>
      sum === null || each === null ? null : { read: sum.read + each.read, all: sum.all + each.all },
    { read: 0, all: 0 },
  );
  return { bytes, records: input.records };
}

function followed({ inputs, follow }: Scope): string {
  const names = inputs.map((input) => (input === "-" ? "standard input" : printable(input)));
  if (follow?.kubectl != null) names.push(`the pods with ${printable(follow.kubectl.selector)}`);
  return names.length > 3 ? `${names.length} inputs` : names.join(", ");
}

function warnOpen({ host, token }: ListenScope, stderr: Output): void {
  if (token !== null || /^(?:127\.|localhost$|::1$)/.test(host)) return;
  stderr.write(
    `streamscope: everyone who can reach ${printable(host)} may send; --token TOKEN asks for a bearer token\n`,
  );
}

/** How many shapes of cascade to print. */
function readLimit({ all, limit }: ScanOptions): number {
  if (all === true) return Number.POSITIVE_INFINITY;
  const number = limit === undefined ? LIMIT : Number(limit);
  if (Number.isInteger(number) && number >= 1) return number;
  throw usageFailure(`--limit "${limit}": write a whole number of at least 1, or use --all`);
}

/** How the report is printed. */
interface PrintOptions {
  readonly options: ScanOptions;
  readonly checks: readonly Check[];
  readonly limit: number;
}

async function print(findings: Findings, { options, checks, limit }: PrintOptions, stdout: Output): Promise<void> {
  const detail = options.all === true ? Number.POSITIVE_INFINITY : DETAIL;
  switch (options.json === true ? "json" : (options.format ?? "text")) {
    case "json": {
      const { reportParts } = await import("../../report/index.ts");
      await writeParts(stdout, reportParts(findings));
      return;
    }
    case "jsonl": {
      const { reportLines } = await import("../../report/index.ts");
      await writeParts(stdout, withEnds(reportLines(findings)));
      return;
    }
    case "markdown": {
      const { reportMarkdown } = await import("../../report/index.ts");
      writeLines(stdout, reportMarkdown(findings, limit, detail));
      return;
    }
    case "mermaid": {
      const { reportMermaid } = await import("../../report/index.ts");
      writeLines(stdout, reportMermaid(findings.diagnosis, limit));
      return;
    }
    case "junit": {
      const { reportJunit } = await import("../../report/index.ts");
      writeLines(stdout, reportJunit(findings, checks, { limit, detail, strict: options.strict === true }));
      return;
    }
    case "html": {
      const { reportHtml } = await import("../../report/index.ts");
      stdout.write(`${reportHtml(findings)}\n`);
      return;
    }
    default: {
      const { reportText } = await import("../../report/index.ts");
      const { colour, columns } = stdout;
      const unmatched = options.show === "unmatched";
      writeLines(stdout, reportText(findings, { styles: createStyles(colour), columns, limit, detail, unmatched }));
    }
  }
}

function* withEnds(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}
