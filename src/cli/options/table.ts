/**
 * The one table of options. commander's options, `--help`, the table in docs/cli.md and the advice about mistakes are made from it, so none
 * of them can be wrong.
 */

import type { ThemeName } from "../../tui/index.ts";

/** The commands that have options. */
export type OptionCommand = "scan" | "tui" | "explain" | "demo" | "thrift" | "history" | "mcp";

/** One option of the command line. */
export interface OptionRow {
  /** As commander writes them: `--since <time>`. */
  readonly flags: string;
  readonly commands: readonly OptionCommand[];
  /** What it does, in one line of `--help` and of docs/cli.md. */
  readonly help: string;
  readonly choices?: readonly string[];
  /** The environment variable that sets it too. */
  readonly env?: string;
  /** May be repeated: its value is a list. */
  readonly repeats?: true;
}

const READING: readonly OptionCommand[] = ["scan", "tui"];
/** Those that ask stores. */
const ASKING: readonly OptionCommand[] = [...READING, "mcp"];

/** The table, in the order of `--help`. */
export const OPTIONS: readonly OptionRow[] = [
  {
    flags: "--json",
    commands: ["scan", "history"],
    help: "print one JSON object (docs/scan.schema.json describes it)",
  },
  {
    flags: "--format <format>",
    commands: ["scan"],
    help: "print another form; jsonl: one line for each cascade and a last one with the summary",
    choices: ["text", "json", "jsonl", "markdown", "mermaid", "html", "junit"],
  },
  { flags: "--fail-on <condition>", commands: ["scan"], help: "exit with 1 when the condition holds", repeats: true },
  {
    flags: "--strict",
    commands: ["scan"],
    help: "exit with 3 when any input could not be read as a whole or was left out, not only when all were",
  },
  {
    flags: "--limit <number>",
    commands: ["scan", "history"],
    help: "print so many shapes of cascade, most important first (default: 10; of history: so many rows, default: 20)",
  },
  {
    flags: "--show <what>",
    commands: ["scan"],
    help: "list every line that looks like a cancel and was not understood, with its place",
    choices: ["unmatched"],
  },
  { flags: "--all", commands: ["scan"], help: "print everything: every cascade, every line of evidence" },
  {
    flags: "--allow <rule>",
    commands: READING,
    help: "do not warn by this rule (docs/warnings.md)",
    repeats: true,
  },
  {
    flags: "--overrules <file>",
    commands: READING,
    help: "what people said about who started which cancels; the screens write it (o), scan reads it",
  },
  {
    flags: "--mouse",
    commands: ["tui"],
    help: "the wheel moves, a click selects and opens; text is selected with shift",
  },
  { flags: "--plain", commands: ["tui"], help: "sentences instead of screens, for screen readers and dumb terminals" },
  {
    flags: "--follow",
    commands: READING,
    help: "go on with what is written to the inputs: rotated, truncated, new and deleted files, pipes without an end (tui follows by itself)",
  },
  { flags: "--no-follow", commands: ["tui"], help: "read the inputs to their ends only" },
  {
    flags: "--settle <duration>",
    commands: ["scan"],
    help: "with --format jsonl, and --listen or --follow: print a cascade once it has been quiet for so long (default: 10s)",
  },
  {
    flags: "--post <url>",
    commands: ["scan"],
    help: "post each of those lines to an HTTP server, too, again and again until it takes it; STREAMSCOPE_POST_TOKEN is shown as a bearer token",
  },
  {
    flags: "--kubectl <selector>",
    commands: READING,
    help: "follow the logs of the pods with these labels, new ones too, by running kubectl: app=chat",
  },
  {
    flags: "--namespace <name>",
    commands: READING,
    help: "with --kubectl: of this namespace (default: the one of kubectl's context)",
    repeats: true,
  },
  { flags: "--all-namespaces", commands: READING, help: "with --kubectl: of all namespaces" },
  {
    flags: "--max-log-requests <number>",
    commands: READING,
    help: "with --kubectl: at most so many containers at a time (default: all there are)",
  },
  { flags: "--ascii", commands: ["tui"], help: "draw with ASCII signs only (by itself outside UTF-8)" },
  {
    flags: "--theme <name>",
    commands: ["tui"],
    help: "colours for a dark or a light background, or none (default: as the terminal says)",
    choices: ["auto", "dark", "light", "mono"] satisfies readonly ThemeName[],
  },
  {
    flags: "--listen [address]",
    commands: READING,
    help: "receive OTLP at HOST, :HTTP,GRPC or HOST:HTTP,GRPC (default: 127.0.0.1:4318,4317)",
  },
  {
    flags: "--for <duration>",
    commands: ["scan"],
    help: "listen or follow that long, then report: 30s, 5m (default: until Ctrl-C)",
  },
  {
    flags: "--forward <url>",
    commands: READING,
    help: "pass everything received on, unchanged, to another OTLP/HTTP receiver",
  },
  {
    flags: "--token <token>",
    commands: READING,
    help: "senders must show this bearer token",
    env: "STREAMSCOPE_TOKEN",
  },
  {
    flags: "--allow-host <name>",
    commands: READING,
    help: "on a loopback address: take requests for this host too, besides localhost and numbers",
    repeats: true,
  },
  { flags: "--cors <origin>", commands: READING, help: "let web pages of this origin send; * means any" },
  {
    flags: "--redact <regex>",
    commands: ASKING,
    help: "replace what matches in all that leaves the program",
    repeats: true,
  },
  {
    flags: "--no-redact",
    commands: ASKING,
    help: "replace nothing, not even tokens and keys known by their looks",
  },
  { flags: "--redact-forward", commands: READING, help: "overwrite them also in what --forward passes on" },
  {
    flags: "--jaeger <url>",
    commands: ASKING,
    help: "ask a Jaeger for its traces of the last hour, or of --since and --until",
  },
  { flags: "--jaeger-service <name>", commands: ASKING, help: "only traces of this service", repeats: true },
  { flags: "--jaeger-tag <name=value>", commands: ASKING, help: "only traces with this tag", repeats: true },
  {
    flags: "--clickhouse <url>",
    commands: ASKING,
    help: "ask a ClickHouse that the OpenTelemetry Collector fills, for the last hour, or for --since and --until; CLICKHOUSE_USER and CLICKHOUSE_PASSWORD say who asks",
  },
  {
    flags: "--clickhouse-table <name>",
    commands: ASKING,
    help: "the table of its spans: TABLE or DATABASE.TABLE (default: otel_traces)",
  },
  {
    flags: "--clickhouse-logs [name]",
    commands: ASKING,
    help: "ask for its logs, too, out of this table (default: otel_logs)",
  },
  {
    flags: "--victorialogs <url>",
    commands: ASKING,
    help: "ask a VictoriaLogs for the last hour, or for --since and --until; VICTORIALOGS_USER and VICTORIALOGS_PASSWORD say who asks",
  },
  {
    flags: "--victorialogs-filter <logsql>",
    commands: ASKING,
    help: 'only lines that meet this filter, too: {app="chat"}',
  },
  {
    flags: "--deep",
    commands: ASKING,
    help: "look in ClickHouse and VictoriaLogs for every kind of sign, which takes them longer",
  },
  {
    flags: "--root <folder>",
    commands: ["mcp"],
    help: "files below it may be read",
    repeats: true,
  },
  {
    flags: "--history <file>",
    commands: [...READING, "mcp"],
    help: "keep the cascades in a file, for months (docs/history.md); streamscope history reads it, mcp and tui without an input only read it",
  },
  {
    flags: "--history-keep <duration>",
    commands: READING,
    help: "with --history: throw away what is older (default: 400d)",
  },
  {
    flags: "--by <stretch>",
    commands: ["history"],
    help: "count by day (default) or by week",
    choices: ["day", "week"],
  },
  {
    flags: "--compare <time>",
    commands: ["history"],
    help: "with --since: what is new since then, beside what came from this time on until then: 7d, 2026-11-20",
  },
  { flags: "--id <id>", commands: ["history"], help: "print one cascade; the beginning of its id is enough" },
  {
    flags: "--since <time>",
    commands: [...READING, "history"],
    help: 'only cascades after it: 15m, 2h, 2026-11-23T06:57:00Z, "2026-11-23 06:57"',
  },
  { flags: "--until <time>", commands: [...READING, "history"], help: "only cascades before it" },
  {
    flags: "--where <condition>",
    commands: [...READING, "history"],
    help: "only cascades that meet the conditions and hold the words, as in the filter of the screens",
    repeats: true,
  },
  {
    flags: "--service <name=glob>",
    commands: READING,
    help: "the service that wrote the inputs that match; beats what the lines say",
    repeats: true,
  },
  {
    flags: "--timezone <zone>",
    commands: [...READING, "history"],
    help: "the zone of times without one, and of the screens (default: this machine's, and UTC): Europe/Berlin, +08:00; NAME=ZONE for one service",
    repeats: true,
  },
  {
    flags: "--dialects <file>",
    commands: [...READING, "explain"],
    help: "know wordings of your own programs, too (docs/own-dialects.md)",
    repeats: true,
  },
  { flags: "--text", commands: ["demo"], help: "print the report also on a terminal" },
  {
    flags: "--export <url>",
    commands: ["demo"],
    help: "send the spans to Jaeger or a Collector too (OTLP/HTTP), such as http://127.0.0.1:4318",
  },
  { flags: "--recorded", commands: ["demo"], help: "diagnose a recorded chain of Kitex services instead" },
  { flags: "-o, --out <file>", commands: ["thrift"], help: "write to a file; without it to standard output" },
];

/** The options of a command. */
export function optionsOf(command: OptionCommand): readonly OptionRow[] {
  return OPTIONS.filter((row) => row.commands.includes(command));
}

/** The line of `--help`: what it does, and whether it may be repeated. */
export function helpOf({ help, repeats }: OptionRow): string {
  return repeats === true ? `${help}; may be repeated` : help;
}

/** `--since` of `--since <time>`, `--out` of `-o, --out <file>`. */
export function longFlagOf({ flags }: OptionRow): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}

/** The table of options in docs/cli.md. */
export function optionsTable(): string {
  const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("*", "\\*");
  const rows = OPTIONS.map((row) => {
    const more = [
      ...(row.choices === undefined ? [] : [row.choices.join(", ")]),
      ...(row.env === undefined ? [] : [`also from \`${row.env}\``]),
    ];
    const text = [cell(helpOf(row)), ...more].join("; ");
    return `| \`${row.flags}\` | ${row.commands.join(", ")} | ${text} |`;
  });
  return ["| option | of | what it does |", "| --- | --- | --- |", ...rows].join("\n");
}
