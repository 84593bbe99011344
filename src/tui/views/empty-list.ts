/** The first screen where it lists nobody: why that is so, and whether it is an all-clear. */
import { plural, printable, wrap } from "../../present/index.ts";
import type { InputRow, Progress } from "../feed.ts";
import { type Line, span } from "../line.ts";
import type { Past } from "../past.ts";

const MARGIN = "  ";
/** So many inputs are named; the screen of the sources has them all. */
const MOST_NAMED = 5;

/** Why nobody is listed, none of its lines wider than `width`. */
export function emptyList(progress: Progress, past: Past | null, filtered: boolean, width: number): readonly Line[] {
  return reasonLines(progress, past, filtered).flatMap((line) => {
    const [only] = line;
    if (only === undefined) return [line];
    return wrap(only.text, Math.max(10, width - MARGIN.length - 1)).map((text) => [span(MARGIN + text, only.style)]);
  });
}

function reasonLines(progress: Progress, past: Past | null, filtered: boolean): readonly Line[] {
  const { done, live, scope, leftOut, account = [] } = progress;
  const notes = (live?.notes ?? []).map((note): Line => [span(printable(note), "danger")]);
  if (past?.alone === true && !filtered) {
    const words = past.counted ? "nothing has been kept in it" : "reading the history";
    return [[], [span(`${printable(past.file)}: ${words}`, "bold")]];
  }
  if (live === null && progress.records === 0 && (done || progress.share === null) && !filtered)
    return nothingRead(progress);
  if (done && scope.length > 0) {
    const chips = scope.map((chip) => `[${printable(chip)}]`).join(" ");
    return [
      [],
      [span(`Nothing meets the command line's ${chips}.`, "bold")],
      [],
      [
        span(
          leftOut === 0
            ? "No line about a cancel was left out by it."
            : `${plural(leftOut, "line")} about cancels do not meet it: this is no all-clear.`,
        ),
      ],
      [span("Leave the condition out to see all.")],
    ];
  }
  if (filtered) return [[], [span("nothing meets the filter: x removes it, / changes it")]];
  if (!done && live !== null) {
    return [
      [],
      [span("listening; nothing cancelled so far", "bold")],
      [],
      [span("Let services send their spans or logs here, for example with")],
      [span(`OTEL_EXPORTER_OTLP_ENDPOINT=${live.address}`)],
      [],
      [span("OpenTelemetry sends every 5 s (OTEL_BSP_SCHEDULE_DELAY, in ms): a cancel shows up that late.", "dim")],
      ...notes,
    ];
  }
  const unread = progress.inputs.filter(({ problem }) => problem !== null);
  if (!done) return [[], [span("reading; nothing cancelled so far")], ...notReadLines(unread)];
  return [
    [],
    [span(unread.length === 0 ? "no cancel found" : "no cancel found in what was read", "bold")],
    ...notReadLines(unread),
    [],
    ...account.map((line): Line => [span(printable(line))]),
    ...(account.length === 0 ? [] : [[]]),
    [span("If you expected one: are these the logs of the services that took part?")],
    [span("Lines that look like cancellations but match no known format are counted above and shown by u.")],
    ...notes,
  ];
}

/** Where not one line came nobody knows whether something was cancelled. */
function nothingRead({ done, following, title, inputs, inputCount }: Progress): readonly Line[] {
  const unread = inputs.filter(({ problem }) => problem !== null);
  if (!done) return [[], [span(`waiting for the first line of ${printable(title)}`, "bold")], ...notReadLines(unread)];
  const empty = inputCount - unread.length;
  const only = empty === 1 ? (inputs.find(({ problem }) => problem === null) ?? null) : null;
  const names = only === null ? plural(empty, "input") : printable(only.name);
  return [
    [],
    [span("nothing was read: this is no all-clear", "bold")],
    ...notReadLines(unread),
    ...(empty === 0 ? [] : [[], [span(`Of ${names} there is no line${following ? " yet" : ""}.`)] as Line]),
    ...(following ? [[], [span("What is written from now on is read as it comes.")] as Line] : []),
  ];
}

function notReadLines(unread: readonly InputRow[]): readonly Line[] {
  if (unread.length === 0) return [];
  const more = unread.length - MOST_NAMED;
  return [
    [],
    ...unread
      .slice(0, MOST_NAMED)
      .map(({ name, problem }): Line => [span(`NOT READ  ${printable(name)}: ${printable(problem ?? "")}`, "danger")]),
    ...(more > 0 ? [[span(`and ${plural(more, "other input")}: v`, "danger")] as Line] : []),
  ];
}
