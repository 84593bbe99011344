/**
 * The report as JUnit XML, which every CI shows beside its tests: a test case for each condition of `--fail-on`, one for the inputs. The shape
 * is that of Jenkins' schema: https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
 */
import { type Cascade, formatPlace, type Warning } from "../model/index.ts";
import { type Findings, groupAlike, headline, nothingFound, plural, printable, readLine } from "../present/index.ts";
import { PLAIN_STYLES } from "./styles.ts";
import { reportCase } from "./text.ts";

/** A condition that decides over a pipeline, and what meets it. */
export interface Check {
  /** As it was written. */
  readonly condition: string;
  /** How many cancels, or warnings, meet it; 0: it passes. */
  readonly count: number;
  readonly cascades: readonly Cascade[];
  readonly warnings: readonly Warning[];
}

/** How much to print, and whether an input that could not be read is an error. */
export interface JunitOptions {
  readonly limit: number;
  readonly detail: number;
  readonly strict: boolean;
}

/** Writes the report as lines without line ends. */
export function reportJunit(findings: Findings, checks: readonly Check[], options: JunitOptions): string[] {
  const { input, diagnosis } = findings;
  const failures = checks.filter(({ count }) => count > 0).length;
  const unread = options.strict && input.unread > 0;
  const counts = attributes({
    tests: checks.length + 1,
    failures,
    errors: unread ? 1 : 0,
    time: 0,
  });
  const shapes = groupAlike(diagnosis.cascades);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: "streamscope" })}${counts}>`,
    `  <testsuite${attributes({ name: "streamscope scan" })}${counts}>`,
    ...inputCase(findings, unread),
    ...checks.flatMap((check) => checkCase(check, options)),
    "    <system-out>",
    ...[
      ...(shapes.length === 0 ? [nothingFound(input)] : []),
      readLine(findings),
      ...shapes
        .slice(0, options.limit)
        .map(({ example, count }) => `${headline(example)}${count > 1 ? ` ×${count}` : ""}`),
      ...(shapes.length > options.limit
        ? [`… and ${plural(shapes.length - options.limit, "more shape")} of cascade`]
        : []),
    ].map(text),
    "    </system-out>",
    "  </testsuite>",
    "</testsuites>",
  ];
}

function inputCase({ input }: Findings, unread: boolean): string[] {
  const open = `    <testcase${attributes({ classname: "streamscope.inputs", name: "all inputs can be read", time: 0 })}`;
  const notes = input.diagnostics.slice(0, 20).map(({ place, message }) => `${formatPlace(place)}: ${message}`);
  if (!unread && notes.length === 0) return [`${open}/>`];
  const word = unread ? "error" : "system-err";
  const why = unread
    ? attributes({ message: `${plural(input.unread, "input")} could not be read as a whole`, type: "unread" })
    : "";
  return [`${open}>`, `      <${word}${why}>`, ...notes.map(text), `      </${word}>`, "    </testcase>"];
}

function checkCase({ condition, count, cascades, warnings }: Check, { limit, detail }: JunitOptions): string[] {
  const open = `    <testcase${attributes({ classname: "streamscope.fail-on", name: condition, time: 0 })}`;
  if (count === 0) return [`${open}/>`];
  const shapes = groupAlike(cascades);
  const [first] = shapes;
  const what = warnings.length > 0 ? plural(warnings.length, "warning") : plural(count, "cancel");
  const example = first === undefined ? (warnings[0]?.text ?? "") : headline(first.example);
  const style = { styles: PLAIN_STYLES, columns: null, limit, detail };
  const lines = [
    ...shapes.slice(0, limit).flatMap((shape) => [...reportCase(shape.example, style), ""]),
    ...(shapes.length > limit ? [`… and ${plural(shapes.length - limit, "more shape")} of cascade`] : []),
    ...warnings.slice(0, limit).map((each) => `${each.rule}: ${each.text}`),
    ...(warnings.length > limit ? [`… and ${plural(warnings.length - limit, "more warning")}`] : []),
  ];
  return [
    `${open}>`,
    `      <failure${attributes({ message: `${what}: ${example}`, type: "fail-on" })}>`,
    ...lines.map(text),
    "      </failure>",
    "    </testcase>",
  ];
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${text(String(value))}"`)
    .join("");
}

/** Text inside of XML 1.0: printable, and none of what its production `Char` leaves out. */
function text(value: string): string {
  return printable(value)
    .replace(/[\ufffe\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16)}`)
    .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
