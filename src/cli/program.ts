/**
 * The command line: commands and their options. Loads a command only when it is called.
 */
import { Command, CommanderError, Option } from "commander";
import { printable } from "../present/index.ts";
import { EXIT, usageFailure } from "./failure.ts";
import { EXPLAIN_HELP, HISTORY_HELP, MAIN_HELP, MCP_HELP, SCAN_HELP, THRIFT_HELP, TUI_HELP } from "./help.ts";
import { helpOf, longFlagOf, OPTIONS, type OptionCommand, type OptionRow, optionsOf } from "./options/table.ts";
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

  addOptions("scan", program.command("scan"))
    .argument("[inputs...]", "files, folders, globs; - or nothing reads standard input")
    .description("read logs and say who started each cancel, and why")
    .addHelpText("after", SCAN_HELP)
    .action(async (inputs: string[], options) => {
      const { runScan } = await import("./commands/scan.ts");
      exitCode = await runScan(inputs, options, stdout, stderr);
    });

  addOptions("explain", program.command("explain"))
    .argument("[text...]", "an error text, as it stands in a log; nothing or - reads standard input")
    .description("take an error text apart: what each part means, and what to look at next")
    .addHelpText("after", EXPLAIN_HELP)
    .action(async (words: string[], options: { dialects?: string[] }) => {
      const { runExplain } = await import("./commands/explain.ts");
      exitCode = await runExplain(words, options, stdout);
    });

  addOptions("tui", program.command("tui"))
    .argument("[inputs...]", "files, folders, globs; - reads standard input; nothing at all: live, by OTLP")
    .description("look at origins, cascades and evidence on a terminal")
    .addHelpText("after", TUI_HELP)
    .action(async (inputs: string[], options) => {
      const { runTui } = await import("./commands/tui.ts");
      exitCode = await runTui(inputs, options, stdout);
    });

  addOptions("history", program.command("history"))
    .argument("<file>", "what --history FILE has kept")
    .argument("[words...]", "old cascades whose lines hold these words; without any: who started how many, by day")
    .description("ask what was kept: who starts how many cancels by day, what is new since a deploy, old cascades")
    .addHelpText("after", HISTORY_HELP)
    .action(async (file: string, words: string[], options) => {
      const { runHistory } = await import("./commands/history.ts");
      exitCode = await runHistory(file, words, options, stdout, stderr);
    });

  addOptions("demo", program.command("demo"))
    .description("run five services that cancel, and show who started it: live on a terminal, else as a report")
    .action(async (options: { text?: boolean; export?: string; recorded?: boolean }) => {
      const { runDemo } = await import("./commands/demo.ts");
      exitCode = await runDemo(options, stdout, stderr);
    });

  addOptions("thrift", program.command("thrift"))
    .argument("<file>", "a .thrift file")
    .description("turn a thrift IDL into structs and services for streamscope/runtime")
    .addHelpText("after", THRIFT_HELP)
    .action(async (file: string, options: { out?: string }) => {
      const { runThrift } = await import("./commands/thrift.ts");
      exitCode = runThrift(file, options, stdout, stderr);
    });

  addOptions("mcp", program.command("mcp"))
    .description("let a model ask: a server of the Model Context Protocol on standard input and output")
    .addHelpText("after", MCP_HELP)
    .action(async (options) => {
      const { runMcp } = await import("./commands/mcp.ts");
      exitCode = await runMcp(options, stderr);
    });

  program
    .command("licences")
    .description("print the licences of the program and of all that is in it")
    .action(async () => {
      const { runLicences } = await import("./commands/licences.ts");
      exitCode = runLicences(stdout);
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
    const names = program.commands.map((command) => command.name());
    throw usageFailure(adviceFor(error, args.find((word) => names.includes(word)) ?? null));
  }
  return exitCode;
}

function addOptions(name: OptionCommand, command: Command): Command {
  for (const row of optionsOf(name)) command.addOption(optionOf(row));
  return command;
}

function optionOf(row: OptionRow): Option {
  const option = new Option(row.flags, helpOf(row));
  if (row.choices !== undefined) option.choices(row.choices);
  if (row.env !== undefined) option.env(row.env);
  // Where a --no- form stands beside it, the value before the first one is true.
  if (row.repeats === true)
    option.argParser((value: string, before: unknown) => [...(Array.isArray(before) ? before : []), value]);
  return option;
}

/** What was wrong, and what to write instead. */
function adviceFor(error: CommanderError, command: string | null): string {
  const [first = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const message = printable(first);
  if (error.code === "commander.unknownCommand") {
    const guess = suggestion === undefined ? "" : ` ${printable(suggestion)}`;
    return `${message}${guess}\nTo read logs, write: streamscope scan FILE…   All commands: streamscope --help`;
  }
  const advice = error.code === "commander.unknownOption" ? adviceForOption(first, suggestion) : null;
  return `${message}${advice === null ? "" : `; ${advice}`}\nSee: streamscope ${command === null ? "" : `${command} `}--help`;
}

function adviceForOption(message: string, suggestion: string | undefined): string | null {
  const wrong = /'(--?[^']*)'/.exec(message)?.[1];
  const elsewhere = OPTIONS.find((row) => longFlagOf(row) === wrong);
  if (elsewhere !== undefined) return `it is an option of ${elsewhere.commands.join(" and ")}`;
  const guess = /--[a-z-]+/.exec(suggestion ?? "")?.[0];
  // commander also finds words alike that share a few letters only; a slip of the fingers keeps the first one.
  return guess !== undefined && guess[2] === wrong?.[2] ? `did you mean ${guess}?` : null;
}
