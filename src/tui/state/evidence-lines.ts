/** All lines of a cancel in order of time, and the selected one in full. */
import { type Cascade, type Evidence, formatPlace, millisBetween, type RequestFact } from "../../model/index.ts";
import {
  clockTime,
  count,
  cut,
  pad,
  plural,
  printable,
  shownDelay,
  shownName,
  widthOf,
  wrap,
} from "../../present/index.ts";
import { type Line, span } from "../line.ts";
import type { Theme } from "../theme.ts";
import { shortPlace } from "./why-lines.ts";

/** The rows of the lines screen; none is wider than `width`. */
export interface EvidenceRows {
  readonly head: readonly Line[];
  readonly rows: readonly Line[];
  readonly keys: readonly string[];
  /** What is searched in: all that a row and its panel say, in lower case. */
  readonly texts: readonly string[];
  /** The line of each row. */
  readonly shown: readonly Evidence[];
  /** Names of services in the order in which they appear; the first nine are hidden and shown again by their numbers. */
  readonly services: readonly string[];
}

/** How the lines are looked at. */
export interface LinesLook {
  /** Names of services whose lines are hidden. */
  readonly hidden: ReadonlySet<string>;
  /** True where each line is shown as it was written, and not what it says. */
  readonly raw: boolean;
}

const TIME = 12;

/** Services that have a number. */
const NUMBERED = 9;

/** Draws the lines that are kept of a cancel, those of hidden services left out. */
export function evidenceRows(cascade: Cascade, look: LinesLook, width: number, theme: Theme): EvidenceRows {
  const { evidence: all, evidenceCount } = cascade;
  const services = [...new Set(all.map(({ service }) => shownName(service)))];
  const hidden = services.filter((each) => look.hidden.has(each));
  const kept = [...all.entries()].filter(([, { service }]) => !look.hidden.has(shownName(service)));
  const evidence = kept.map(([, each]) => each);
  const names = evidence.map(({ service }) => shownName(service));
  const name = Math.min(20, Math.max(7, ...names.map(widthOf)));
  const narrow = width < 60;
  const lost = evidenceCount - all.length;
  const about = [
    hidden.length === 0 ? plural(all.length, "line") : `${count(evidence.length)} of ${plural(all.length, "line")}`,
    ...(hidden.length === 0 ? [] : [`${plural(hidden.length, "service")} hidden`]),
    ...(lost > 0 ? [`${count(lost)} more were counted and not kept`] : []),
  ].join(", ");
  const numbered = services.slice(0, NUMBERED).map((each, index) => {
    const isHidden = look.hidden.has(each);
    return span(`  ${index + 1} ${isHidden ? `(${each})` : each}`, isHidden ? "doubt" : "dim");
  });
  return {
    head: [
      [
        span(
          `  ${pad(`TIME ${theme.clock.name}`, TIME)}  ${pad("SERVICE", name)}  ${narrow ? "" : "SIDE    "}WHAT`,
          "dim",
        ),
        span(`   ${about}`, "dim"),
      ],
      ...(hidden.length > 0 || (services.length > 1 && !narrow) ? [numbered] : []),
    ],
    rows: evidence.map((each, index): Line => {
      const time = each.at === null ? "no time" : clockTime(each.at, theme.clock, true);
      const side = narrow ? "" : `${pad(each.side ?? "", 6)}  `;
      return [
        span(`  ${pad(time, TIME)}  `, "dim"),
        span(pad(cut(names[index] as string, name, theme.glyphs.cut), name)),
        span(`  ${side}`, "dim"),
        span(look.raw ? printable(each.text) : whatOf(each), each.type === "ghost" ? "danger" : "plain"),
      ];
    }),
    keys: kept.map(([index, { place }]) => `${index}/${formatPlace(place)}`),
    texts: evidence.map((each, index) => `${names[index]} ${formatPlace(each.place)} ${each.text}`.toLowerCase()),
    shown: evidence,
    services,
  };
}

/** What a line says, in few words: its code and its cause. */
function whatOf(evidence: Evidence): string {
  switch (evidence.type) {
    case "claim":
    case "answer": {
      const code = evidence.code === null ? "" : `${evidence.code} `;
      const path = evidence.type === "claim" && evidence.path !== null ? `path ${evidence.path.join(" > ")}: ` : "";
      return printable(`${code}${path}${evidence.message === "" ? evidence.text : evidence.message}`);
    }
    case "request":
      return printable(evidence.text === "" ? requestOf(evidence) : evidence.text);
    default:
      return printable(evidence.text);
  }
}

const ROLE_WORDS = { served: "served", sent: "called", step: "worked" } as const;

/** A span without a text of its own: `served ChatService/Generate for 812 ms`. */
function requestOf({ request, method, peer, at, status, outcome }: RequestFact): string {
  const what = method ?? peer ?? "";
  const open =
    request.startAt === null || at === null ? "" : `for ${shownDelay(millisBetween(request.startAt, at)).slice(1)}`;
  const end =
    outcome !== null && outcome.message !== "" ? outcome.message : status === "error" ? "ended with an error" : "";
  return [ROLE_WORDS[request.role], what, open, end].filter((word) => word !== "").join(" ");
}

/** The selected line in full, at most `height` lines. */
export function evidencePanel(
  evidence: Evidence | undefined,
  width: number,
  height: number,
  theme: Theme,
): readonly Line[] {
  if (evidence === undefined || height < 2) return [];
  const { place, at, side, method, peer, traceId, spanId, dialect, text } = evidence;
  const { glyphs, clock } = theme;
  const title = `${glyphs.line.repeat(2)} ${printable(shortPlace(formatPlace(place)))} ${glyphs.line.repeat(2)} enter opens it `;
  const facts = [
    at === null ? "no time" : `${clockTime(at, clock, true)} ${clock.name}`,
    ...(side === null ? [] : [`${side} side`]),
    ...(method === null ? [] : [`method ${method}`]),
    ...(peer === null ? [] : [`peer ${peer}`]),
    ...(traceId === null ? [] : [`trace ${traceId}${spanId === null ? "" : ` span ${spanId}`}`]),
    `read as ${dialect}`,
  ];
  const said = (all: string, style: Line[number]["style"]): Line[] =>
    wrap(printable(all), Math.max(10, width - 2)).map((line) => [span(` ${line}`, style)]);
  const lines: Line[] = [
    [span(cut(title + glyphs.line.repeat(width), width, ""), "dim")],
    ...said(formatPlace(place), "sure"),
    ...said(facts.join(` ${glyphs.dot} `), "dim"),
    ...said(text, "plain"),
  ];
  if (lines.length <= height) return lines;
  return [
    ...lines.slice(0, height - 1),
    [span(` ${glyphs.cut} ${plural(lines.length - height + 1, "more line")}`, "dim")],
  ];
}
