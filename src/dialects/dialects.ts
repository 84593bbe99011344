import { CATALOGUE, type Entry, type Says, STATUSES } from "./catalogue/index.ts";
import { ACCESS_NEEDLES } from "./lines/access/needles.ts";

/** A dialect: one way in which one software tells of cancels. */
export interface Dialect {
  /** As evidence carries it. */
  readonly name: string;
  /** The software that writes it. */
  readonly product: string;
  /** ASCII words, in any case; a text of the dialect contains one of them, or none is known. */
  readonly needles: readonly string[];
}

/** Dialects with a grammar of their own, or of structured fields. */
const GRAMMARS: readonly Dialect[] = [
  { name: "ttstream", product: "Kitex", needles: ["ttstream error, code=", "-side stream] "] },
  { name: "grpc", product: "gRPC", needles: ["rpc error: code = "] },
  { name: "grpc-conn", product: "gRPC", needles: ["connection error: desc = "] },
  { name: "biz-status", product: "Kitex", needles: ["biz error: code="] },
  { name: "kitex", product: "Kitex", needles: ["KITEX: ", "remote or network error"] },
  { name: "go-context", product: "Go", needles: ["context canceled", "context deadline exceeded"] },
  { name: "otel", product: "OpenTelemetry", needles: ["http.disconnect"] },
  { name: "streamscope", product: "streamscope", needles: ["streamscope.cancel."] },
];

/** Whose words nobody's in particular are. */
const NOBODY = "any";

/** Programs whose texts the catalogue knows, each once. */
function programs(): Dialect[] {
  const needles = new Map<string, string[]>();
  for (const { product, says, stems } of CATALOGUE) {
    if (product.startsWith(NOBODY) || says === "nothing") continue;
    needles.set(product, [...(needles.get(product) ?? []), ...stems]);
  }
  return [...needles].map(([product, stems]) => ({ name: product, product, needles: stems }));
}

/** Every dialect that is read here. Nothing outside this room may know a row of it. */
export const DIALECTS: readonly Dialect[] = [...GRAMMARS, ...programs()];

/** What every text of a dialect with a grammar contains. */
export const NEEDLES: readonly string[] = GRAMMARS.flatMap(({ needles }) => needles);

/** What ends no stream, or ends a process: such a line matters near one that does. */
const BESIDE: ReadonlySet<Says> = new Set(["nothing", "stopping", "crashed"]);

/** A stem as it stands in a line of JSON where a text has the name of a field before it. */
function inJson(stem: string): string[] {
  const [, name, value] = /^([\w ]*)[=:] ?(.+)$/.exec(stem) ?? [];
  return name === undefined || value === undefined ? [] : [`${name}":"${value}`, `${name}": "${value}`];
}

/** What every line of one of these wordings contains, in any case. */
export function wordingsOf(entries: readonly Entry[]): string[] {
  return entries.flatMap(({ stems }) => stems.flatMap((stem) => [stem, ...inJson(stem)]));
}

/** What every line of a log contains that ends a stream, in any case, if no grammar reads it. */
export const WORDINGS: readonly string[] = [
  ...wordingsOf(CATALOGUE.filter(({ says }) => !BESIDE.has(says))),
  ...ACCESS_NEEDLES,
];

/** Levels of loggers that count them: what is for debugging is no evidence. */
const LEVELS: readonly number[] = [10, 20, 30, 40, 50, 60];

/** Whole numbers that a wording or a status is known by; those that a pattern only repeats by do no harm. */
export const FIGURES: readonly number[] = [
  ...new Set([
    ...LEVELS,
    ...STATUSES.map(({ sign }) => Number(sign)),
    ...CATALOGUE.flatMap(({ pattern, stems }) => [String(pattern), ...stems])
      .flatMap((text) => text.match(/\d+/g) ?? [])
      .map(Number),
  ]),
];
