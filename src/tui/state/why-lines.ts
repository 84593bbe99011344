/**
 * The why panel: everything that speaks for a verdict about one service, as lines of text.
 */
import { type Cascade, type Evidence, formatInstant, formatPlace, type Place, type Reason } from "../../model/index.ts";
import {
  CONFIDENCE_WORDS,
  count,
  deed,
  doubtOutside,
  fateOf,
  formatPlaces,
  type Hop,
  hopName,
  pad,
  printable,
  roleOf,
  shownDelay,
  shownName,
  starter,
  widthOf,
  wrap,
} from "../../present/index.ts";
import { type Line, span } from "../line.ts";
import { styleOfConfidence, type Theme } from "../theme.ts";

/** Lines about one service of a cascade, then the evidence of the service, then all other evidence; none wider than `width`. */
export function whyLines(cascade: Cascade, hop: Hop | null, width: number, theme: Theme): readonly Line[] {
  const lines: Line[] = [...verdictLines(cascade, hop, width, theme)];
  const service = hop?.service ?? cascade.origin.service;
  // Lines in which a framework repeats what the application has logged say nothing new: they come last.
  const evidence = [...cascade.evidence.filter((each) => !each.echo), ...cascade.evidence.filter((each) => each.echo)];
  const own = evidence.filter((each) => each.service === service || isAt(each.place, hop?.reached?.places ?? []));
  const others = evidence.filter((each) => !own.includes(each));
  lines.push([]);
  if (own.length > 0) {
    lines.push(
      [span(`lines of ${shownName(service)}`, "bold")],
      ...own.flatMap((each) => evidenceLines(each, width, false)),
    );
  } else {
    lines.push([span(`no line of ${shownName(service)} itself`, "bold")]);
  }
  if (others.length > 0) {
    lines.push(
      [],
      [span("lines of the others", "bold")],
      ...others.flatMap((each) => evidenceLines(each, width, true)),
    );
  }
  const hidden = cascade.evidenceCount - cascade.evidence.length;
  if (hidden > 0)
    lines.push([span(`${theme.glyphs.cut} ${count(hidden)} more lines were counted and not kept`, "dim")]);
  return lines;
}

function verdictLines(cascade: Cascade, hop: Hop | null, width: number, theme: Theme): Line[] {
  const { origin } = cascade;
  const isOrigin = hop === null || hop.reached === null;
  if (isOrigin) {
    const lines: Line[] = [
      ...paragraph(printable(`${starter(origin)}: ${deed(origin)}`), width, "origin"),
      ...paragraph(CONFIDENCE_WORDS[origin.confidence], width, styleOfConfidence(origin.confidence)),
    ];
    const doubt = doubtOutside(origin);
    if (doubt !== null) lines.push(...paragraph(`outside these logs: ${printable(doubt)}`, width, "doubt"));
    if (origin.aliases !== undefined && origin.aliases.length > 0)
      lines.push(...paragraph(`other names: ${origin.aliases.map(printable).join(", ")}`, width, "plain"));
    if (origin.intent !== undefined) lines.push(...paragraph(`intent: ${printable(origin.intent)}`, width, "plain"));
    if (origin.callSite !== undefined)
      lines.push(...paragraph(`called at ${printable(origin.callSite)}`, width, "bold"));
    if (cascade.trigger !== undefined) {
      const { service, text } = cascade.trigger;
      lines.push(...paragraph(`triggered by ${shownName(service)}: ${printable(text)}`, width, "plain"));
    }
    return [...lines, ...reasonLines(origin.reasons, width, theme)];
  }
  const { reached } = hop;
  const name = hopName(cascade, hop);
  const lines: Line[] = [];
  if (hop.falseOrigin) {
    lines.push(...paragraph(`${name} looks like the origin and is not`, width, "fake"));
    for (const fake of cascade.falseOrigins) {
      if (fake.service === hop.service) lines.push(...reasonLines(fake.reasons, width, theme));
    }
  } else if (roleOf(hop) === "running") {
    lines.push(...paragraph(`${name} was still running after the cancel`, width, "warn"));
  } else {
    lines.push(...paragraph(`${name} was stopped by the cancel`, width, "bold"));
  }
  if (reached === null) return lines;
  const facts: string[] = [];
  facts.push(reached.via === null ? "from an unknown service" : `by way of ${shownName(reached.via)}`);
  if (reached.delayMs !== undefined) facts.push(`${shownDelay(reached.delayMs)} after the origin`);
  if (reached.at !== undefined) facts.push(`at ${formatInstant(reached.at).slice(11, 26)}`);
  lines.push(...paragraph(facts.join(", "), width, "plain"));
  lines.push(...paragraph(CONFIDENCE_WORDS[reached.confidence], width, styleOfConfidence(reached.confidence)));
  if (!reached.observed) {
    lines.push(
      ...paragraph(
        "silent: it wrote no line of its own; the lines of others say the cancel went through it",
        width,
        "silent",
      ),
    );
  }
  return lines;
}

function reasonLines(reasons: readonly Reason[], width: number, theme: Theme): Line[] {
  return reasons.flatMap((reason) => {
    const places = formatPlaces(reason.places, 8).map(printable);
    const text = `${printable(reason.text)} (${printable(reason.rule)})`;
    const lines = wrap(text, Math.max(10, width - 2)).map(
      (line, index): Line => [span(index === 0 ? `${theme.glyphs.dot} ` : "  ", "dim"), span(line)],
    );
    if (places.length > 0) lines.push(...paragraph(places.join(", "), width, "dim", "  "));
    return lines;
  });
}

function evidenceLines(evidence: Evidence, width: number, named: boolean): Line[] {
  const time = evidence.at === null ? "" : `  ${formatInstant(evidence.at).slice(11, 23)}`;
  const who = named && evidence.service !== null ? `  ${shownName(evidence.service)}` : "";
  const side = evidence.side === null ? "" : `  ${evidence.side} side`;
  const head = `${printable(formatPlace(evidence.place))}${time}${who}${side}`;
  return [...paragraph(head, width, "good"), ...paragraph(printable(evidence.text), width, "plain", "  ")];
}

function paragraph(text: string, width: number, style: Line[number]["style"], indent = ""): Line[] {
  return wrap(text, Math.max(10, width - widthOf(indent))).map((line) => [span(indent + line, style)]);
}

function isAt(place: Place, places: readonly Place[]): boolean {
  const text = formatPlace(place);
  return places.some((each) => formatPlace(each) === text);
}

/** The two lines above a tree: who started it, and the facts. */
export function titleLines(cascade: Cascade, theme: Theme): readonly [Line, Line] {
  const { origin } = cascade;
  const code = origin.code === null ? "" : `, code ${origin.code}`;
  const facts = [`${origin.confidence}`, `id ${printable(cascade.id)}`];
  if (cascade.firstAt !== undefined) facts.push(formatInstant(cascade.firstAt).slice(0, 23).replace("T", " "));
  facts.push(fateOf(cascade).replace(/^([\d,]+) other services? /, "$1 "));
  if (cascade.count > 1) facts.push(`${theme.glyphs.times}${count(cascade.count)}`);
  return [
    [span(printable(starter(origin)), "origin"), span(`: ${deed(origin)}${code}`)],
    [span(pad(facts.join(` ${theme.glyphs.dot} `), 0), "dim")],
  ];
}
