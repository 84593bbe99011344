/** One shape of cancel on the page: the answer, the tree, the time, the reasons, the lines. */
import { type Cascade, type Evidence, formatInstant, formatPlace, type Reason } from "../../model/index.ts";
import {
  type AlikeGroup,
  count,
  fateOf,
  fateSentence,
  formatPlaces,
  type HopRole,
  headline,
  hopName,
  hopRows,
  isSure,
  type Moments,
  momentsOf,
  plural,
  reasonsTitle,
  runningSentence,
  shownDelay,
  shownName,
  sureWord,
  sureWords,
  wouldProve,
} from "../../present/index.ts";
import { drawTree } from "../tree.ts";
import { html, type Markup, NONE } from "./markup.ts";

/** Lines of a case that are put into the page. */
const MOST_LINES = 60;
const MOST_PLACES = 20;

/** A group of like cancels as an article; the first ones are open. */
export function caseMarkup({ example, members, count: times }: AlikeGroup, open: boolean): Markup {
  const { origin } = example;
  const fate = fateOf(example);
  const running = runningSentence(fate);
  const proof = wouldProve(example);
  const sure = isSure(origin.confidence) ? "sure" : "doubt";
  const facts = [
    `id ${example.id}`,
    ...(example.traceId === undefined ? [] : [`trace ${example.traceId}`]),
    ...(example.firstAt === undefined ? [] : [formatInstant(example.firstAt)]),
    ...(members.length > 1
      ? [
          `also ${members
            .filter((each) => each !== example)
            .slice(0, 5)
            .map(({ id }) => id)
            .join(", ")}`,
        ]
      : []),
  ];
  const who = reasonsTitle(origin).replace(/^w/, "W");
  return html`<article data-item id="c-${example.id}"><details${open ? html` open` : NONE}>
<summary><strong class="origin">${headline(example)}</strong>${times > 1 ? html` <b>×${count(times)}</b>` : NONE} <span class="${sure}">${sureWord(origin)}</span>${running === "" ? NONE : html` <span class="danger">${running}</span>`}</summary>
<div>
<p>${fateSentence(fate)} <span class="${sure}">${sureWords(origin)}.</span></p>
<p class="dim"><code>${facts.join(" · ")}</code></p>
${proof === null ? NONE : html`<p class="doubt">Would prove it: ${proof}</p>`}
${treeMarkup(example)}
${timeMarkup(example)}
${reasonsMarkup(who, origin.reasons)}
${example.falseOrigins.map(({ service, reasons }) => reasonsMarkup(`Why not ${shownName(service)}`, reasons))}
${linesMarkup(example)}
</div></details></article>
`;
}

const ROLE_CLASSES: Readonly<Record<HopRole, string>> = {
  trigger: "danger",
  outside: "origin",
  origin: "origin",
  unknown: "doubt",
  first: "",
  stopped: "",
  silent: "doubt",
  running: "danger",
  bystanders: "dim",
};

function treeMarkup(cascade: Cascade): Markup {
  const rows = drawTree(cascade).map(
    ({ branch, name, delay, note, role, hop }) =>
      html`<tr><td>${branch}<span class="${ROLE_CLASSES[role]}${hop.falseOrigin ? " struck" : ""}">${name}</span></td><td class="number">${delay}</td><td class="${ROLE_CLASSES[role]}">${note}</td></tr>`,
  );
  return html`<div class="wide"><table class="tree">${rows}</table></div>`;
}

/** Bars of the time: at work, the cancel under way, heard, at work for nobody. */
function timeMarkup(cascade: Cascade): Markup {
  const rows = hopRows(cascade);
  const moments = momentsOf(cascade, rows);
  const all = moments
    .flatMap(({ startMs, heardMs, endedMs, ghostMs }) => [startMs, heardMs, endedMs, ghostMs])
    .filter((ms) => ms !== null);
  const from = Math.min(0, ...all);
  const to = Math.max(0, ...all);
  if (to - from <= 0) return NONE;
  const at = (ms: number): number => Math.round(((ms - from) / (to - from)) * 10_000) / 100;
  const piece = (kind: string, start: number, end: number): Markup =>
    html`<i class="${kind}" style="left:${Math.min(99.5, at(start))}%;width:${Math.max(0, at(end) - at(start))}%"></i>`;
  const bars = rows.map(({ hop }, row) => {
    const { startMs, heardMs, endedMs, ghostMs } = moments[row] as Moments;
    const root = hop.role === "origin" || hop.role === "outside" || hop.role === "unknown";
    const pieces = [
      ...(startMs !== null && startMs < 0 ? [piece("work", startMs, 0)] : []),
      ...(heardMs !== null && heardMs > 0 ? [piece("way", 0, heardMs)] : []),
      ...(heardMs === null ? [] : [piece(root ? "starts" : "heard", heardMs, heardMs)]),
      ...(heardMs !== null && endedMs !== null ? [piece("work", heardMs, endedMs)] : []),
      ...(ghostMs === null ? [] : [piece("ghost", heardMs ?? 0, ghostMs)]),
    ];
    const said = [
      ...(heardMs === null ? [] : [`heard ${shownDelay(heardMs)}`]),
      ...(ghostMs === null ? [] : [`still on ${shownDelay(ghostMs)}`]),
    ];
    const label = said.length === 0 ? "no time is known" : said.join(", ");
    return html`<span>${hopName(cascade, { ...hop, aliases: [] })}</span><span class="bar" role="img" aria-label="${label}" title="${label}">${pieces}</span>`;
  });
  return html`<h3>Time, ${shownDelay(to - from).slice(1)} in all</h3><div class="time">${bars}</div>`;
}

function reasonsMarkup(title: string, reasons: readonly Reason[]): Markup {
  if (reasons.length === 0) return NONE;
  const items = reasons.map(
    ({ rule, text, places }) =>
      html`<li>${text} <span class="dim">(${rule})</span><br><code class="dim">${formatPlaces(places, MOST_PLACES).join(", ")}</code></li>`,
  );
  return html`<h3>${title}</h3><ul>${items}</ul>`;
}

function linesMarkup({ evidence, evidenceCount }: Cascade): Markup {
  if (evidence.length === 0) return NONE;
  const shown = evidence.slice(0, MOST_LINES);
  const hidden = evidenceCount - shown.length;
  return html`<details><summary>${plural(evidenceCount, "line")}</summary>${shown.map(lineMarkup)}${hidden > 0 ? html`<p class="dim">${plural(hidden, "more line")} not shown</p>` : NONE}</details>`;
}

function lineMarkup({ place, at, service, side, text }: Evidence): Markup {
  const facts = [
    ...(at === null ? [] : [formatInstant(at)]),
    ...(service === null ? [] : [shownName(service)]),
    ...(side === null ? [] : [`${side} side`]),
  ];
  return html`<pre><span class="sure">${formatPlace(place)}</span> <span class="dim">${facts.join(" ")}</span>
${text}</pre>`;
}
