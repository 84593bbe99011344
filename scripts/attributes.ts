/** Writes docs/attributes.md from the table of attributes and metrics. */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ATTRIBUTES, METRICS } from "../src/model/index.ts";

/** docs/attributes.md, made from the table. */
export function attributesDocument(): string {
  const attributes = ATTRIBUTES.map(
    ({ name, type, unit, on, meaning }) =>
      `| \`${name}\` | ${type} | ${unit === null ? "" : `\`${unit}\``} | ${on.join(", ")} | ${meaning} |`,
  );
  const metrics = METRICS.map(
    ({ name, instrument, unit, attributes: by, optional = [], meaning }) =>
      `| \`${name}\` | ${instrument} | \`${unit}\` | ${[...by, ...optional].map((each) => `\`${each}\``).join(", ")} | ${meaning} |`,
  );
  return [
    "# Attributes and metrics",
    "",
    "Made from the table in src/model/attributes.ts by `node scripts/attributes.ts`; a test fails when both differ.",
    "What the spans mean: [tracing.md](tracing.md). Names outside `streamscope.` are OpenTelemetry's (semantic conventions 1.45).",
    "",
    "## Attributes of spans",
    "",
    "`stream`: the CLIENT or SERVER span of a stream; `cancel`: the span of a cancel; `ghost`: work that went on after one.",
    "",
    "| name | type | unit | on | meaning |",
    "| --- | --- | --- | --- | --- |",
    ...attributes,
    "",
    "## Metrics",
    "",
    "Names of origins come from peers: 200 of them are told apart, further ones are `other`, one nobody knows is `unknown`. Codes and classes",
    "of errors do as well: 100 of them are told apart, further ones are `_OTHER`; a good end has neither.",
    "",
    "| name | instrument | unit | attributes | meaning |",
    "| --- | --- | --- | --- | --- |",
    ...metrics,
    "",
  ].join("\n");
}

if (import.meta.main) {
  writeFileSync(join(dirname(dirname(fileURLToPath(import.meta.url))), "docs", "attributes.md"), attributesDocument());
}
