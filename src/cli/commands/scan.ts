import { printable } from "../../present/index.ts";
import { parseFailOn } from "../fail-on.ts";
import { EXIT, usageFailure } from "../failure.ts";
import { type JaegerCliOptions, readJaegerOptions } from "../jaeger.ts";
import { describeReceiver, type ListenOptions, type ListenScope, lossOf, readListen, splitListen } from "../listen.ts";
import type { Outlet } from "../outlet.ts";
import { createPaint } from "../paint.ts";
import type { ScopeOptions } from "../program.ts";
import { createReading, type Reading, type Scope } from "../reading.ts";
import { readRedaction, redactData } from "../redact.ts";
import type { Findings } from "../report/findings.ts";
import { readScope } from "../scope.ts";
import { unreadable } from "../unreadable.ts";

/** The options of `scan`, as they stand on the command line. */
export interface ScanOptions extends ScopeOptions, ListenOptions, JaegerCliOptions {
  readonly json?: boolean;
  readonly format?: string;
  readonly failOn?: readonly string[];
  readonly limit?: number;
  readonly all?: boolean;
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
  stdout: Outlet,
  stderr: Outlet,
): Promise<number> {
  const conditions = (options.failOn ?? []).map(parseFailOn);
  const [inputs, listenOptions] = splitListen(words, options);
  const listen = readListen(listenOptions, false);
  const redaction = readRedaction(options);
  const jaeger = readJaegerOptions(options);
  const fromPipe = inputs.length === 0 && listen === null && jaeger === null;
  const scope = readScope(fromPipe ? ["-"] : inputs, options, Date.now(), listen, jaeger);
  if (fromPipe && process.stdin.isTTY) {
    throw usageFailure("scan needs something to read: streamscope scan FILE… or a pipe into streamscope scan");
  }
  if (options.json === true && options.format !== undefined && options.format !== "json") {
    throw usageFailure(`--json and --format ${options.format} say different things; leave one of them out`);
  }
  const reading = createReading(scope);
  await readAll(reading, scope, stderr);
  const findings = redactData(reading.findings(), redaction);
  if (findings.input.inputs === 0) throw unreadable(findings.input);
  await print(findings, options, stdout);

  const failed = conditions.filter((condition) => condition.count(findings.diagnosis) > 0);
  for (const condition of failed) {
    stderr.write(`streamscope: --fail-on ${printable(condition.text)} holds: ${condition.count(findings.diagnosis)}\n`);
  }
  return failed.length > 0 ? EXIT.failOn : EXIT.done;
}

async function readAll(reading: Reading, { listen }: Scope, stderr: Outlet): Promise<void> {
  const receiver = await reading.open();
  if (receiver === null) return await reading.run();
  const until = listen?.forMs == null ? "; Ctrl-C ends it and prints the report" : "";
  stderr.write(`streamscope: listening for OTLP at ${describeReceiver(receiver)}${until}\n`);
  if (listen !== null) warnOpen(listen, stderr);
  process.once("SIGINT", reading.stop);
  process.once("SIGTERM", reading.stop);
  try {
    await reading.run();
  } finally {
    process.off("SIGINT", reading.stop);
    process.off("SIGTERM", reading.stop);
  }
  const note = lossOf(receiver.counts());
  if (note !== null) stderr.write(`streamscope: ${note}\n`);
}

function warnOpen({ host, token }: ListenScope, stderr: Outlet): void {
  if (token !== null || /^(?:127\.|localhost$|::1$)/.test(host)) return;
  stderr.write(`streamscope: anybody who reaches ${printable(host)} may send; --token TOKEN asks for a bearer token\n`);
}

async function print(findings: Findings, options: ScanOptions, stdout: Outlet): Promise<void> {
  const limit = options.all === true ? Number.POSITIVE_INFINITY : (options.limit ?? LIMIT);
  const detail = options.all === true ? Number.POSITIVE_INFINITY : DETAIL;
  const lines = (all: readonly string[]): void => {
    for (const line of all) {
      if (!stdout.open()) return;
      stdout.write(`${line}\n`);
    }
  };
  switch (options.json === true ? "json" : (options.format ?? "text")) {
    case "json": {
      const { reportObject, stringify } = await import("../report/json.ts");
      stdout.write(`${stringify(reportObject(findings), 2)}\n`);
      return;
    }
    case "jsonl": {
      const { reportLines } = await import("../report/json.ts");
      lines(reportLines(findings));
      return;
    }
    case "markdown": {
      const { reportMarkdown } = await import("../report/markdown.ts");
      lines(reportMarkdown(findings, limit, detail));
      return;
    }
    case "mermaid": {
      const { reportMermaid } = await import("../report/mermaid.ts");
      lines(reportMermaid(findings.diagnosis, limit));
      return;
    }
    default: {
      const { reportText } = await import("../report/text.ts");
      const { colour, columns } = stdout;
      lines(reportText(findings, { paint: createPaint(colour), columns, limit, detail }));
    }
  }
}
