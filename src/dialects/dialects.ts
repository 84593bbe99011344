import { CATALOGUE } from "./catalogue/index.ts";

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
  { name: "ttstream", product: "Kitex", needles: ["ttstream error, code="] },
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

/**
 * Short words, in any case, that the catalogue's texts are made of: a line of a log without any of them ends no stream. A few more common
 * ones would find the last odd wording, and cost every reader of a gigabyte.
 */
export const WORDINGS: readonly string[] = [
  "abort",
  "disconnect",
  "timed out",
  "timeout of ",
  "rpc timeout: ",
  "prematurely",
  "client closed",
  "side closed",
  "reset by peer",
  "broken pipe",
  "hang up",
  "goaway",
  '" 499 ',
  "cd-- ",
  "sd-- ",
];
