/**
 * The report as one HTML page that needs nothing else: no network, no other file. Readable on a phone and on paper, light and dark,
 * searchable.
 */
import type { Diagnosis, Warning } from "../../model/index.ts";
import {
  adviceOn,
  count,
  type Findings,
  fateOf,
  formatPlaces,
  groupAlike,
  howWord,
  normalEnds,
  nothingFound,
  plural,
  readLine,
  receiverNotes,
  shownName,
  starterName,
  storeNotes,
} from "../../present/index.ts";
import { SCRIPT, STYLE } from "./assets.ts";
import { caseMarkup } from "./case.ts";
import { html, type Markup, NONE, verbatim } from "./markup.ts";

/** Shapes that are put into the page: more is no reading. */
const MOST_SHAPES = 500;
/** Shapes that are open when the page is. */
const OPEN = 3;

/** Writes the page. */
export function reportHtml(findings: Findings): string {
  const { diagnosis, input } = findings;
  const groups = groupAlike(diagnosis.cascades);
  const total = diagnosis.cascades.reduce((sum, cascade) => sum + cascade.count, 0);
  const hidden = groups.length - Math.min(groups.length, MOST_SHAPES);
  const normal = normalEnds(diagnosis.cascades);
  const running = groups.filter(({ example }) => fateOf(example).running.length > 0).length;
  const lead = `${plural(total, "cancel")}${normal > 0 ? `, ${count(normal)} of them normal ends` : ""}${running > 0 ? `; in ${plural(running, "shape")} somebody works on` : ""}`;
  const notes = [
    ...(input.receiver === undefined ? [] : receiverNotes(input.receiver)),
    ...(input.stores ?? []).flatMap((store) => storeNotes(store).map((note) => `${store.name}: ${note}`)),
    ...input.diagnostics.map(({ place, message }) => `${formatPlaces([place], 1).join("")}: ${message}`),
  ];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>streamscope: ${lead}</title>
<style>${verbatim(STYLE)}</style>
</head>
<body>
<h1>Who cancelled, and did everybody stop?</h1>
<p><b>${total === 0 ? nothingFound(input) : lead}.</b> <span class="dim">${readLine(findings)}</span></p>
<input id="find" type="search" placeholder="search: names, ids, words of the lines ( / )" aria-label="search">
<p id="found" class="dim" aria-live="polite"></p>
${startersMarkup(diagnosis)}
${warningsMarkup(diagnosis.warnings)}
<h2>Cancels</h2>
${groups.length === 0 ? html`<p>${nothingFound(input)}.</p>` : NONE}
${groups.slice(0, MOST_SHAPES).map((group, index) => caseMarkup(group, index < OPEN))}
${hidden > 0 ? html`<p class="dim">${plural(hidden, "more shape")} left out; choose with --where.</p>` : NONE}
${notes.length === 0 ? NONE : html`<h2>Notes about the input</h2><ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
${input.unmatchedSample.length === 0 ? NONE : html`<h2>${plural(input.unmatched, "line")} not understood</h2>${input.unmatchedSample.map(({ place, message }) => html`<pre data-item><span class="sure">${formatPlaces([place], 1).join("")}</span> ${message}</pre>`)}`}
<script>${verbatim(SCRIPT)}</script>
</body>
</html>
`.html.trimEnd();
}

function startersMarkup({ cascades }: Diagnosis): Markup {
  const rows = new Map<string, { readonly who: string; readonly how: string; times: number }>();
  for (const cascade of cascades) {
    const [who, how] = [starterName(cascade), howWord(cascade.origin)];
    const key = JSON.stringify([who, how]);
    const row = rows.get(key) ?? { who, how, times: 0 };
    row.times += cascade.count;
    rows.set(key, row);
  }
  if (rows.size === 0) return NONE;
  const sorted = [...rows.values()].sort((one, other) => other.times - one.times || (one.who < other.who ? -1 : 1));
  return html`<h2>Who started them</h2><table><tr><th>started by</th><th>how</th><th class="number">times</th></tr>
${sorted.map(({ who, how, times }) => html`<tr data-item><td class="origin">${who}</td><td>${how}</td><td class="number">${count(times)}</td></tr>`)}</table>`;
}

function warningsMarkup(warnings: readonly Warning[]): Markup {
  if (warnings.length === 0) return NONE;
  const items = warnings.map((warning) => {
    const { name, why, todo } = adviceOn(warning.rule);
    const ids = warning.cascades.slice(0, 5).map((id) => html` <a href="#c-${id}">${id.slice(0, 8)}</a>`);
    const who = warning.service === undefined ? "" : `: ${shownName(warning.service)}`;
    return html`<li data-item><b class="danger">${name}${who}</b> ${warning.text}<br><span class="dim">${why}</span> ${todo} <code class="dim">${formatPlaces(warning.places, 5).join(", ")}</code>${ids}</li>`;
  });
  return html`<h2>${plural(warnings.length, "warning")}</h2><ul>${items}</ul>`;
}
