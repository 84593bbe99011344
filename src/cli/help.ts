/** What `--help` says besides the options: examples, and the words that conditions are made of. */
import { HOW_VALUES, WHERE_FIELDS } from "../present/index.ts";
import { FAIL_ON_WORDS } from "./options/fail-on.ts";

/** Behind the list of commands. */
export const MAIN_HELP = `
Examples:
  streamscope scan api.log chat.log model.log    who started it, why, the tree, the lines behind it
  kubectl logs -l app=chat --prefix --tail=-1 | streamscope scan -
                                                 the same from a pipe; --prefix tells the pods apart
  streamscope scan --kubectl app=chat            the same, followed, new pods included
  streamscope tui logs/                          look around on a terminal
  streamscope tui                                live, while services send their spans and logs by OTLP
  streamscope scan --history cancels.db logs/    keep what is found, for months
  streamscope history cancels.db                 who started how many cancels, by day
  streamscope explain '[ttstream error, code=12007] [server-side stream] [canceled path: gateway] …'
  streamscope demo                               see it work on a chain of five processes

Give the logs of all services of the chain at once: the origin is found by comparing what they say.

Exit codes: 0 done, 1 a --fail-on condition holds, 2 wrong usage, 3 no input could be read
(with --strict: any input), 130 interrupted: the report says what was known by then.
`;

/** Behind the options of `scan`. */
export const SCAN_HELP: string = `
Conditions of --where, also several in one, as in the filter of the screens:
  FIELD=VALUE, FIELD!=VALUE   fields: ${Object.keys(WHERE_FIELDS).join(", ")}; who=? means not known
  sure<strong  reached>3      time=12:04..12:06  stopped=no  trace=7f3a  service=chat*  text=/eof|reset/
  words  "two words"  -not    looked for in names, ids, reasons and lines
  Different fields must all hold; = on the same field several times means one of them.
  how: ${HOW_VALUES.join(", ")}.

Conditions of --fail-on: those of --where, and
${Object.entries(FAIL_ON_WORDS)
  .map(([word, meaning]) => `  ${word.padEnd(14)} ${meaning}`)
  .join("\n")}

Examples:
  streamscope scan logs/*.log
  streamscope scan --since 15m --where kind!=handler-return /var/log/chat/
  streamscope scan --service gateway=gw-*.log --service chat=pod-7.log *.log
  streamscope scan --json logs/ | jq '.cascades[].origin.service'
  streamscope scan --format jsonl logs/ | grep '"kind":"deadline"'
  streamscope scan --format markdown logs/ | pbcopy      for a ticket
  streamscope scan --strict --fail-on unexplained --fail-on ghost-work test-output/
  streamscope scan --follow --format jsonl logs/ each cascade as it settles, through rotations
  streamscope scan --kubectl app=chat --namespace prod --for 5m
  streamscope scan --listen --for 30s            what services send in half a minute (OTLP)
  streamscope scan --jaeger http://127.0.0.1:16686 --since 15m
`;

/** Behind the options of `explain`. */
export const EXPLAIN_HELP = `
Examples:
  streamscope explain '[ttstream error, code=12012] [client-side stream] canceled by business handler returning'
  grep 'ttstream error' chat.log | tail -1 | streamscope explain
  pbpaste | streamscope explain -
`;

/** Behind the options of `tui`. */
export const TUI_HELP = `
Examples:
  streamscope tui                                live: what services send by OTLP to port 4318 or 4317
  streamscope tui logs/
  kubectl logs -l app=chat --prefix | streamscope tui -
  streamscope tui --where kind=deadline api.log chat.log
  streamscope tui --listen :14318,14317 --forward http://127.0.0.1:4318
  streamscope tui --history cancels.db           only what --history has kept

Press ? for the keys. Without a terminal use: streamscope scan
`;

/** Behind the options of `history`. */
export const HISTORY_HELP = `
Examples:
  streamscope scan --listen --history cancels.db             keeps what settles, while it listens
  streamscope history cancels.db                             who started how many cancels, by day
  streamscope history cancels.db --by week --since 90d
  streamscope history cancels.db --since 2h --compare 7d     what is new since a deploy two hours ago
  streamscope history cancels.db peer close                  old cascades whose lines hold both words
  streamscope history cancels.db --where who=gateway --where kind=deadline --since 7d
  streamscope history cancels.db --id 7f3a9c1e               one of them, with its tree and its lines

Words are whole words in any order; conn* begins a word, "connection reset" stands together.
`;

/** Behind the options of `mcp`. */
export const MCP_HELP = `
Examples:
  streamscope mcp --root /var/log/chat
  streamscope mcp --root logs --history cancels.db
  streamscope mcp --jaeger http://127.0.0.1:16686

A client starts it and talks to it by standard input and output; docs/mcp.md shows how clients are told of it. Its tools (diagnose, cascade,
explain, history) change nothing, read files below the roots only, and ask only the stores named here.
`;

/** Behind the options of `thrift`. */
export const THRIFT_HELP = `
Examples:
  streamscope thrift chat.thrift -o src/chat.ts
  streamscope thrift idl/api.thrift > api.ts

Methods with (streaming.mode="server"), "client" or "bidirectional" become streaming ones, others unary ones. docs/thrift.md says the rest.
`;
