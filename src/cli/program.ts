/**
 * The command line: commands, options and the help that teaches them. Loads a command only when it is called.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { printable } from "../present/index.ts";
import { EXIT, usageFailure } from "./failure.ts";
import { FAIL_ON_WORDS } from "./options/fail-on.ts";
import { openOutput } from "./terminal/output.ts";
import { readVersion } from "./version.ts";

/**
 * Runs one call of the program and returns its exit code.
 *
 * @throws Failure for a wrong command line and for input that cannot be read
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  const stdout = openOutput(process.stdout, process.env);
  const stderr = openOutput(process.stderr, process.env);
  let exitCode: number = EXIT.done;

  const program = new Command("streamscope")
    .description("Finds out from logs which service started a stream cancellation, why, and who was stopped by it.")
    .version(readVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .exitOverride()
    .configureOutput({
      writeOut: stdout.write,
      writeErr: stderr.write,
      outputError: () => undefined,
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      getOutHasColors: () => stdout.colour,
      getErrHasColors: () => stderr.colour,
    })
    .addHelpText("after", MAIN_HELP);

  const scan = program
    .command("scan")
    .argument("[inputs...]", "files, folders, globs; - or nothing reads standard input")
    .description("read logs and say who started each cancel, and why")
    .option("--json", "print one JSON object (docs/scan.schema.json describes it)")
    .addOption(
      new Option("--format <format>", "print another form").choices(["text", "json", "jsonl", "markdown", "mermaid"]),
    )
    .option("--fail-on <condition>", "exit with 1 where the condition holds; may be repeated", collect)
    .option("--limit <number>", "print so many shapes of cascade, most important first (default: 10)", parseLimit)
    .option("--all", "print everything: every cascade, every line of evidence");
  addLiveOptions(scan).option("--for <duration>", "listen that long, then report: 30s, 5m (default: until Ctrl-C)");
  addScopeOptions(scan)
    .addHelpText("after", SCAN_HELP)
    .action(async (inputs: string[], options) => {
      const { runScan } = await import("./commands/scan.ts");
      exitCode = await runScan(inputs, options, stdout, stderr);
    });

  program
    .command("explain")
    .argument("[text...]", "an error text, as it stands in a log; nothing or - reads standard input")
    .description("take an error text apart: what each part means, and what to look at next")
    .addHelpText("after", EXPLAIN_HELP)
    .action(async (words: string[]) => {
      const { runExplain } = await import("./commands/explain.ts");
      exitCode = await runExplain(words, stdout);
    });

  const tui = program
    .command("tui")
    .argument("[inputs...]", "files, folders, globs; - reads standard input; nothing at all: live, by OTLP")
    .description("look at origins, cascades and evidence on a terminal")
    .option("--ascii", "draw with ASCII signs only");
  addLiveOptions(tui);
  addScopeOptions(tui)
    .addHelpText("after", TUI_HELP)
    .action(async (inputs: string[], options) => {
      const { runTui } = await import("./commands/tui.ts");
      exitCode = await runTui(inputs, options, stdout);
    });

  program
    .command("demo")
    .description("run four services that cancel, and show who started it: live on a terminal, else as a report")
    .option("--text", "print the report also on a terminal")
    .option("--export <url>", "send the spans to Jaeger or a Collector too (OTLP/HTTP), such as http://127.0.0.1:4318")
    .option("--recorded", "diagnose a recorded chain of Kitex services instead")
    .action(async (options: { text?: boolean; export?: string; recorded?: boolean }) => {
      const { runDemo } = await import("./commands/demo.ts");
      exitCode = await runDemo(options, stdout, stderr);
    });

  program
    .command("thrift")
    .argument("<file>", "a .thrift file")
    .description("turn a thrift IDL into structs and services for streamscope/runtime")
    .option("-o, --out <file>", "write to a file; without it to standard output")
    .addHelpText("after", THRIFT_HELP)
    .action(async (file: string, options: { out?: string }) => {
      const { runThrift } = await import("./commands/thrift.ts");
      exitCode = runThrift(file, options, stdout, stderr);
    });

  program.helpCommand("help [command]", "print the help of a command");
  for (const command of program.commands) command.exitOverride();

  if (args.length === 0) {
    stderr.write(program.helpInformation());
    stderr.write(MAIN_HELP);
    return EXIT.usage;
  }
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.done;
    throw usageFailure(adviceFor(error, args));
  }
  return exitCode;
}

function addScopeOptions(command: Command): Command {
  return command
    .option("--since <time>", 'only cascades after it: 15m, 2h, 2026-11-23T06:57:00Z, "2026-11-23 06:57"')
    .option("--until <time>", "only cascades before it")
    .option("--where <condition>", "only cascades that meet FIELD=VALUE or FIELD!=VALUE; may be repeated", collect)
    .option("--service <name=glob>", "the service that wrote the inputs that match; may be repeated", collect)
    .option("--timezone <zone>", "the zone of times without one: Europe/Berlin, +08:00, UTC (default: this machine's)");
}

function addLiveOptions(command: Command): Command {
  return command
    .option("--listen [address]", "receive OTLP at HOST, :HTTP,GRPC or HOST:HTTP,GRPC (default: 127.0.0.1:4318,4317)")
    .option("--forward <url>", "pass everything received on, unchanged, to another OTLP/HTTP receiver")
    .addOption(new Option("--token <token>", "senders must show this bearer token").env("STREAMSCOPE_TOKEN"))
    .option("--cors <origin>", "let web pages of this origin send; * means any")
    .option("--redact <regex>", "replace what matches in all that leaves the program; may be repeated", collectRedact)
    .option("--no-redact", "replace nothing, not even tokens and keys known by their looks")
    .option("--redact-forward", "overwrite them also in what --forward passes on")
    .option("--jaeger <url>", "ask a Jaeger for its traces of the last hour, or of --since and --until")
    .option("--jaeger-service <name>", "only traces of this service; may be repeated", collect)
    .option("--jaeger-tag <name=value>", "only traces with this tag; may be repeated", collect);
}

function collectRedact(value: string, before: readonly string[] | boolean | undefined): readonly string[] {
  return [...(Array.isArray(before) ? (before as readonly string[]) : []), value];
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

function parseLimit(value: string): number {
  const limit = Number(value);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new InvalidArgumentError("Write a whole number of at least 1, or use --all.");
  }
  return limit;
}

function adviceFor(error: CommanderError, args: readonly string[]): string {
  const message = printable(error.message.replace(/^error: /, ""));
  const command = ["scan", "explain", "tui", "demo", "thrift"].find((name) => args.includes(name));
  if (error.code === "commander.unknownCommand") {
    return `${message}\nTo read logs, write: streamscope scan FILE…   All commands: streamscope --help`;
  }
  return `${message}\nSee: streamscope ${command === undefined ? "" : `${command} `}--help`;
}

const MAIN_HELP = `
Examples:
  streamscope scan api.log chat.log model.log    who started it, why, the tree, the lines behind it
  kubectl logs -l app=chat | streamscope scan -  the same from a pipe
  streamscope tui logs/                          look around on a terminal
  streamscope tui                                live, while services send their spans and logs by OTLP
  streamscope explain '[ttstream error, code=12007] [server-side stream] [canceled path: gateway] …'
  streamscope demo                               see it work on a chain of four processes

Give the logs of all services of the chain at once: the origin is found by comparing what they say.

Exit codes: 0 done, 1 a --fail-on condition holds, 2 wrong usage, 3 no input could be read.
`;

const SCAN_HELP = `
Conditions of --where:  service=NAME  origin=NAME  origin=?  kind=KIND  code=NUMBER  text=WORDS, each also with !=
  Different fields must all hold; the same field several times means one of them.
  Kinds: cancel, deadline, disconnect, reset, shutdown, handler-return, error.

Conditions of --fail-on:
${Object.entries(FAIL_ON_WORDS)
  .map(([word, meaning]) => `  ${word.padEnd(14)} ${meaning}`)
  .join("\n")}
  kind=KIND      a cascade of this kind
  origin=NAME    a cascade that this service started

Examples:
  streamscope scan logs/*.log
  streamscope scan --since 15m --where kind!=handler-return /var/log/chat/
  streamscope scan --service gateway=gw-*.log --service chat=pod-7.log *.log
  streamscope scan --json logs/ | jq '.cascades[].origin.service'
  streamscope scan --format jsonl logs/ | grep '"kind":"deadline"'
  streamscope scan --format markdown logs/ > ticket.md
  streamscope scan --fail-on unexplained --fail-on ghost-work test-output/
  streamscope scan --listen --for 30s            what services send in half a minute (OTLP)
  streamscope scan --jaeger http://127.0.0.1:16686 --since 15m
`;

const EXPLAIN_HELP = `
Examples:
  streamscope explain '[ttstream error, code=12012] [client-side stream] canceled by business handler returning'
  grep 'ttstream error' chat.log | tail -1 | streamscope explain
  pbpaste | streamscope explain -
`;

const TUI_HELP = `
Examples:
  streamscope tui                                live: what services send by OTLP to port 4318 or 4317
  streamscope tui logs/
  kubectl logs -l app=chat | streamscope tui -
  streamscope tui --where kind=deadline api.log chat.log
  streamscope tui --listen :14318,14317 --forward http://127.0.0.1:4318

Press ? for the keys. Without a terminal use: streamscope scan
`;

const THRIFT_HELP = `
Examples:
  streamscope thrift chat.thrift -o src/chat.ts
  streamscope thrift idl/api.thrift > api.ts

Methods with (streaming.mode="server"), "client" or "bidirectional" become streaming ones, others unary ones. docs/thrift.md says the rest.
`;
