/** Writes docs/dialects.md from the catalogue. */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CATALOGUE, type Entry, ORDINARY_WORDS, type Says, SIGNS, TIMERS } from "../src/dialects/catalogue/index.ts";

const SAYS: Readonly<Record<Says, string>> = {
  timer: "its own timer",
  act: "its own doing",
  limit: "a limit of its own",
  caller: "its caller left",
  callee: "who it called left",
  lost: "the other end left",
  answer: "it was answered so",
  refusal: "an error was answered",
  between: "something between answered",
  reset: "it was reset",
  word: "cancelled or too late, by nobody's name",
  guess: "somebody is named, and often wrongly",
  stopping: "the process was told to stop",
  crashed: "the process ended unasked",
  nothing: "nothing: it only looks like a cancel",
};

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("*", "\\*").replaceAll("\n", " ");
}

function code(text: string): string {
  const shown = text.replace(/\s+/g, " ");
  return shown.includes("`") ? `\`\` ${shown.replaceAll("|", "\\|")} \`\`` : `\`${shown.replaceAll("|", "\\|")}\``;
}

function entryRow({ id, says, kind, samples, meaning, caution }: Entry): string {
  const what = says === "nothing" ? SAYS[says] : `${SAYS[says]} (${kind})`;
  return `| ${id} | ${code(samples[0] ?? "")} | ${what} | ${cell(meaning)} | ${cell(caution)} |`;
}

function section(product: string, entries: readonly Entry[]): string[] {
  return [
    `### ${product}`,
    "",
    "| wording | sample | says | meaning | who can have caused it, and what it does not prove |",
    "| --- | --- | --- | --- | --- |",
    ...entries.map(entryRow),
    "",
  ];
}

/** docs/dialects.md, made from the catalogue. */
export function dialectsDocument(): string {
  const products = new Map<string, Entry[]>();
  for (const entry of CATALOGUE) {
    if (ORDINARY_WORDS.has(entry) || entry.says === "nothing" || entry.product.startsWith("any")) continue;
    products.set(entry.product, [...(products.get(entry.product) ?? []), entry]);
  }
  const sorted = [...products].sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  const rest = CATALOGUE.filter(
    (entry) => entry.product.startsWith("any") && entry.says !== "nothing" && !ORDINARY_WORDS.has(entry),
  );
  return [
    "# Dialects: how programs word the end of a stream",
    "",
    "Made from src/dialects/catalogue by `node scripts/dialects.ts`; a test fails when both differ. Wordings of your own programs are added with",
    "`--dialects FILE`: [own-dialects.md](own-dialects.md). One text is taken apart by `streamscope explain 'TEXT'`. The texts of Kitex's streams and",
    "of its gRPC have a grammar: [protocol.md](protocol.md).",
    "",
    "*Says* is seen from the program that wrote the line; *caller* is the side of the user, whatever the software calls it (upstream in Kitex,",
    "downstream in Envoy). One line alone never proves who started a cancel: a status travels up unchanged, and a client that left, a timer and",
    "a crash look alike from the other end.",
    "",
    `## Wordings (${CATALOGUE.length})`,
    "",
    ...sorted.flatMap(([product, entries]) => section(product, entries)),
    ...section("Of many programs", rest),
    ...section(
      "Ordinary words, tried last",
      CATALOGUE.filter((entry) => ORDINARY_WORDS.has(entry)),
    ),
    ...section(
      "What only looks like a cancel",
      CATALOGUE.filter(({ says }) => says === "nothing"),
    ),
    "## Signs in access logs",
    "",
    "| software | sign | says | meaning | who can have caused it, and what it does not prove |",
    "| --- | --- | --- | --- | --- |",
    ...SIGNS.map(
      ({ product, sign, says, kind, meaning, caution }) =>
        `| ${product} | ${code(sign)} | ${SAYS[says]} (${kind}) | ${cell(meaning)} | ${cell(caution)} |`,
    ),
    "",
    "Of HAProxy's four signs the first says who ended the session, the second in which phase; `C` behind `S` or `D` is a connect that failed and",
    "cancels nobody. A flag of Envoy's beside a status of 500 or more is a request that failed before its answer.",
    "",
    "## Default timers",
    "",
    "A stream that ends after one of these times was probably ended by it, also where nobody says so.",
    "",
    "| software | setting | seconds | what it writes when the timer fires |",
    "| --- | --- | --- | --- |",
    ...TIMERS.map(
      ({ product, setting, seconds, written }) =>
        `| ${product} | ${cell(setting)} | ${seconds} | ${written === null ? "nothing of a timer" : cell(written)} |`,
    ),
    "",
  ].join("\n");
}

if (import.meta.main) {
  writeFileSync(join(dirname(dirname(fileURLToPath(import.meta.url))), "docs", "dialects.md"), dialectsDocument());
}
