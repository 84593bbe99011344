/**
 * The why panel: everything that speaks for a verdict about one service, as lines of text.
 */
import { type Cascade, type Evidence, formatPlace, type Place, type Reason } from "../../model/index.ts";
import {
  type Clock,
  CONFIDENCE_WORDS,
  clockDate,
  clockTime,
  count,
  cut,
  deed,
  doubtOutside,
  fateOf,
  fateSentence,
  formatPlaces,
  type Hop,
  hopName,
  hopWords,
  intentWords,
  pad,
  printable,
  runningSentence,
  sentence,
  shownName,
  starter,
  sureWord,
  sureWords,
  widthOf,
  wouldProve,
  wrap,
} from "../../present/index.ts";
import { type Line, span } from "../line.ts";
import { styleOfConfidence, type Theme } from "../theme.ts";
import { atMost } from "./scrolled.ts";
import { type ShortPlace, shortPlacesOf } from "./short-places.ts";

/** Lines about one service of a cascade, then the evidence of the service, then all other evidence; none wider than `width`. */
export function whyLines(cascade: Cascade, hop: Hop | null, width: number, theme: Theme): readonly Line[] {
  const lines: Line[] = [...verdictLines(cascade, hop, width, theme)];
  const short = shortPlacesOf(cascade);
  const service = hop?.service ?? cascade.origin.service;
  // Lines in which a framework repeats what the application has logged say nothing new: they come last.
  const evidence = [...cascade.evidence.filter((each) => !each.echo), ...cascade.evidence.filter((each) => each.echo)];
  const own = evidence.filter((each) => each.service === service || isAt(each.place, hop?.reached?.places ?? []));
  const others = evidence.filter((each) => !own.includes(each));
  lines.push([]);
  if (own.length > 0) {
    lines.push(
      [span(`lines of ${shownName(service)}`, "bold")],
      ...own.flatMap((each) => evidenceLines(each, { short, width, named: false, clock: theme.clock })),
    );
  } else {
    lines.push([span(missingLine(cascade, hop), "bold")]);
  }
  if (others.length > 0) {
    lines.push(
      [],
      [span("lines of the others", "bold")],
      ...others.flatMap((each) => evidenceLines(each, { short, width, named: true, clock: theme.clock })),
    );
  }
  const hidden = cascade.evidenceCount - cascade.evidence.length;
  if (hidden > 0)
    lines.push([span(`${theme.glyphs.cut} ${count(hidden)} more lines were counted and not kept`, "dim")]);
  return lines;
}

/** The kept lines are a bounded sample: what is not among them may still have been read. */
function missingLine({ origin }: Cascade, hop: Hop | null): string {
  const { reached = null, service = origin.service } = hop ?? {};
  if (reached !== null && reached.evidenceCount > 0) {
    return `${count(reached.evidenceCount)} lines of ${shownName(service)} were read and not kept here`;
  }
  return service === null ? "no line of whoever started it" : `no line of ${shownName(service)} itself`;
}

function verdictLines(cascade: Cascade, hop: Hop | null, width: number, theme: Theme): Line[] {
  switch (hop?.role ?? "origin") {
    case "trigger":
      return triggerLines(cascade, width);
    case "bystanders":
      return paragraph(
        `${hopName(cascade, hop as Hop)}: in the same trace, and no line says that the cancel reached them; they went on, rightly`,
        width,
        "plain",
      );
    case "stopped":
    case "silent":
    case "running":
      return reachedLines(cascade, hop as Hop, width, theme);
    default:
      return originLines(cascade, width, theme);
  }
}

function triggerLines(cascade: Cascade, width: number): Line[] {
  const { trigger, origin } = cascade;
  if (trigger === undefined) return [];
  const short = shortPlacesOf(cascade);
  const who = shownName(trigger.service);
  const place = trigger.place === undefined ? "" : ` (${printable(formatPlace(short(trigger.place)))})`;
  return [
    ...paragraph(`${who} failed: ${printable(trigger.text)}${place}`, width, "danger"),
    ...paragraph(`its error went up, and made ${shownName(origin.service)} cancel its other streams`, width, "plain"),
  ];
}

function originLines(cascade: Cascade, width: number, theme: Theme): Line[] {
  const { origin } = cascade;
  const lines: Line[] = [
    ...paragraph(printable(`${starter(origin)}: ${deed(cascade)}`), width, "origin"),
    ...paragraph(sureWords(origin), width, styleOfConfidence(sureWord(origin))),
    ...(origin.overruled === undefined ? [] : overruledLines(origin.overruled, width)),
  ];
  const proof = wouldProve(cascade, theme.clock);
  if (proof !== null) lines.push(...paragraph(`would prove it: ${proof}`, width, "doubt"));
  const doubt = doubtOutside(origin);
  if (doubt !== null) lines.push(...paragraph(`outside these logs: ${printable(doubt)}`, width, "doubt"));
  if (origin.aliases !== undefined && origin.aliases.length > 0)
    lines.push(...paragraph(`other names: ${origin.aliases.map(printable).join(", ")}`, width, "plain"));
  const intent = intentWords(origin);
  if (intent !== null) lines.push(...paragraph(`meant: ${intent}`, width, "bold"));
  if (origin.callSite !== undefined) lines.push(...paragraph(`called at ${printable(origin.callSite)}`, width, "bold"));
  return [
    ...lines,
    ...reasonLines(origin.reasons, shortPlacesOf(cascade), width, theme),
    ...triggerLines(cascade, width),
  ];
}

function overruledLines({ note, was }: NonNullable<Cascade["origin"]["overruled"]>, width: number): Line[] {
  const evidence = was === null ? "names nobody" : `says ${shownName(was)}`;
  return [
    ...paragraph(`said by you${note === "" ? "" : `: ${printable(note)}`}`, width, "bold"),
    ...paragraph(`the evidence ${evidence}, for these reasons; o takes your word back`, width, "plain"),
  ];
}

function reachedLines(cascade: Cascade, hop: Hop, width: number, theme: Theme): Line[] {
  const { reached } = hop;
  const short = shortPlacesOf(cascade);
  const name = hopName(cascade, hop);
  const { state, delay, note } = hopWords(cascade, hop);
  const words = [state, delay, note].filter((word) => word !== "").join(", ");
  const lines: Line[] = paragraph(`${name}: ${words}`, width, hop.role === "running" ? "danger" : "bold");
  for (const ghost of hop.role === "running" ? (cascade.ghosts ?? []) : []) {
    if (ghost.service === hop.service)
      lines.push(
        ...paragraph(
          `its work afterwards: ${formatPlaces(ghost.places.map(short), 8).map(printable).join(", ")}`,
          width,
          "plain",
        ),
      );
  }
  for (const fake of cascade.falseOrigins) {
    if (fake.service === hop.service) lines.push(...reasonLines(fake.reasons, short, width, theme));
  }
  if (reached === null) return lines;
  const facts = [reached.via === null ? "from an unknown service" : `by way of ${shownName(reached.via)}`];
  if (reached.at !== undefined) facts.push(`at ${clockTime(reached.at, theme.clock, true)} ${theme.clock.name}`);
  return [
    ...lines,
    ...paragraph(facts.join(", "), width, "plain"),
    ...paragraph(CONFIDENCE_WORDS[reached.confidence], width, styleOfConfidence(reached.confidence)),
  ];
}

function reasonLines(reasons: readonly Reason[], short: ShortPlace, width: number, theme: Theme): Line[] {
  return reasons.flatMap((reason) => {
    const places = formatPlaces(reason.places.map(short), 8).map(printable);
    const text = `${printable(reason.text)} (${printable(reason.rule)})`;
    const lines = wrap(text, Math.max(10, width - 2)).map(
      (line, index): Line => [span(index === 0 ? `${theme.glyphs.dot} ` : "  ", "dim"), span(line)],
    );
    if (places.length > 0) lines.push(...paragraph(places.join(", "), width, "dim", "  "));
    return lines;
  });
}

function evidenceLines(
  evidence: Evidence,
  { short, width, named, clock }: { short: ShortPlace; width: number; named: boolean; clock: Clock },
): Line[] {
  const time = evidence.at === null ? "" : `  ${clockTime(evidence.at, clock, true)}`;
  const who = named && evidence.service !== null ? `  ${shownName(evidence.service)}` : "";
  const side = evidence.side === null ? "" : `  ${evidence.side} side`;
  const head = `${printable(formatPlace(short(evidence.place)))}${time}${who}${side}`;
  return [...paragraph(head, width, "sure"), ...paragraph(printable(evidence.text), width, "plain", "  ")];
}

function paragraph(text: string, width: number, style: Line[number]["style"], indent = ""): Line[] {
  return wrap(text, Math.max(10, width - widthOf(indent))).map((line) => [span(indent + line, style)]);
}

function isAt(place: Place, places: readonly Place[]): boolean {
  const text = formatPlace(place);
  return places.some((each) => formatPlace(each) === text);
}

/** The lines above a tree: the answer in a sentence, who did not stop, and the facts. */
export function titleLines(cascade: Cascade, width: number, theme: Theme): readonly Line[] {
  const { origin } = cascade;
  const fate = fateOf(cascade);
  const facts = [cascade.firstAt === undefined ? "no time" : clockDate(cascade.firstAt, theme.clock)];
  facts.push(sureWord(origin), `id ${printable(cascade.id)}`);
  if (cascade.traceId !== undefined) facts.push(`trace ${printable(cascade.traceId).slice(0, 12)}`);
  if (cascade.count > 1) facts.push(`${theme.glyphs.times}${count(cascade.count)}`);
  const running = runningSentence(fate);
  return [
    ...paragraph(sentence(cascade), width, "origin"),
    ...paragraph(running === "" ? fateSentence(fate) : running, width, running === "" ? "plain" : "danger"),
    ...(running === "" || fate.total === 0 ? [] : paragraph(fateSentence(fate), width, "plain")),
    [span(facts.join(` ${theme.glyphs.dot} `), "dim")],
  ];
}

/** The same in so many lines: who did it, and what became of the others, which is cut last where not all of them stopped. */
export function shortTitleLines(cascade: Cascade, width: number, room: number, theme: Theme): readonly Line[] {
  const fate = fateOf(cascade);
  const running = runningSentence(fate);
  const stopped = running === "" && fate.unseen.length === 0;
  const ends = running === "" ? fateSentence(fate) : running;
  const below = atMost(ends, width, Math.min(room - 1, stopped ? 1 : 2), theme);
  return [
    ...atMost(sentence(cascade), width, room - below.length, theme).map((text): Line => [span(text, "origin")]),
    ...below.map((text): Line => [span(text, running === "" ? "plain" : "danger")]),
  ];
}

/** The reasons in short, each with its places at the right side. */
export function reasonRows(cascade: Cascade, width: number, theme: Theme): readonly Line[] {
  const { origin } = cascade;
  const { reasons } = origin;
  const lead = origin.overruled === undefined ? `${origin.confidence}, because` : "the evidence:";
  const places = reasons.map(({ places: all }) =>
    cutPlace(shortPlace(formatPlaces(all, 3)[0] ?? ""), Math.max(8, Math.floor(width / 3)), theme.glyphs.cut),
  );
  const room = Math.max(10, width - widthOf(lead) - 5 - Math.max(0, ...places.map(widthOf)));
  return reasons.flatMap((reason, index) =>
    wrap(printable(reason.text), room).map(
      (text, row): Line => [
        span(pad(index === 0 && row === 0 ? lead : "", widthOf(lead)), styleOfConfidence(sureWord(origin))),
        span(`  ${row === 0 ? index + 1 : " "} ${pad(text, room)} `),
        span(row === 0 ? (places[index] as string) : "", "dim"),
      ],
    ),
  );
}

/** A place that fits: where a file's name is too long, that is cut, and not the number of the line. */
function cutPlace(place: string, width: number, mark: string): string {
  const [, name, line, more = ""] = /^(.+?)(:\d+)((?:, \d+)*)$/.exec(place) ?? [];
  if (name === undefined || line === undefined || widthOf(place) <= width) return cut(place, width, mark);
  const lines = widthOf(line + more) <= width / 2 ? line + more : line;
  return `${cut(name, width - widthOf(lines), mark)}${lines}`;
}

/** A place by what a person looks for: the file's name without its folders, the span without its trace. */
export function shortPlace(place: string): string {
  const span = /^trace \S+ span (\S{1,8})/.exec(place)?.[1];
  return printable(span === undefined ? place.replace(/^.*\//, "") : `span ${span}`);
}
