/**
 * One condition of the filter language: `how=timed-out`, `service!=batch`, `sure<strong`, `trace=7f3a*`, `time=12:04..12:06`.
 *
 * The fields have the words of the screens; `origin`, `kind` and `victims` are older names of `who`, `how` and `reached`.
 */
import { type Cascade, CONFIDENCES, KINDS, type Kind, victimsOf } from "../model/index.ts";
import { namedOutside, starterName } from "./answer.ts";
import { fateOf } from "./fate.ts";
import { isRegex, type Matcher, matcherOf } from "./pattern.ts";
import { type Offset, parseTimeRange, UTC_OFFSET } from "./time-range.ts";

/** What a condition can look at, as it is written, with an example of a value. */
export const WHERE_FIELDS: Readonly<Record<string, string>> = {
  who: "gateway",
  how: "timed-out",
  sure: "proven",
  service: "chat",
  code: "12007",
  reached: "3",
  stopped: "no",
  trace: "7f3a91c0",
  id: "6b3a58aa",
  time: "12:04..12:06",
  text: "EOF",
};

const SYNONYMS: Readonly<Record<string, string>> = { origin: "who", kind: "how", victims: "reached" };

/** One condition. */
export interface Where {
  readonly field: string;
  /** Several of the same field of which one has to hold; others must hold each. */
  readonly alternative: boolean;
  readonly holds: (cascade: Cascade) => boolean;
}

/** Either the condition, or the sentence that says what is wrong with its text. */
export type WhereOutcome =
  | { readonly where: Where; readonly problem?: never }
  | { readonly where?: never; readonly problem: string };

const CONDITION = /^\s*([A-Za-z]+)\s*(!=|<=|>=|==|=|<|>)(.*)$/s;

/** True for the name of a field, old names included. */
export function isField(name: string): boolean {
  const lower = name.toLowerCase();
  return Object.hasOwn(WHERE_FIELDS, SYNONYMS[lower] ?? lower);
}

/** True where a text is meant as a condition, right or wrong. */
export function looksLikeCondition(text: string): boolean {
  return CONDITION.test(text);
}

/**
 * Reads one condition: a field, `=`, `!=`, or for `sure`, `code` and `reached` also `<`, `<=`, `>`, `>=`, then a value; quotes around it
 * are left out. `service=` holds where the service takes part in any role, `who=` where it is the origin (`who=?`: where that is not
 * known), `text=` where a line of the evidence holds the value. Names may hold `*`; case never matters. `offset` is the wall clock of times.
 */
export function parseWhere(text: string, offset: Offset = UTC_OFFSET): WhereOutcome {
  const match = CONDITION.exec(text);
  if (match === null)
    return { problem: `"${text}" is no condition; write FIELD=VALUE or FIELD!=VALUE, for example how=timed-out` };
  const [, written = "", sign = "=", rest = ""] = match;
  const name = written.toLowerCase();
  const field = SYNONYMS[name] ?? name;
  const value = rest.replaceAll('"', "").trim();
  if (!isField(name))
    return { problem: `there is no field "${written}"; use one of ${Object.keys(WHERE_FIELDS).join(", ")}` };
  if (value === "")
    return { problem: `"${text}" has no value; write for example ${name}=${WHERE_FIELDS[field] as string}` };
  if (/[<>]/.test(sign)) return compared(field, sign, value);
  const outcome = testOf(field, value, offset);
  if (typeof outcome === "string") return { problem: outcome };
  const negated = sign === "!=";
  return {
    where: { field, alternative: !negated, holds: negated ? (cascade) => !outcome(cascade) : outcome },
  };
}

type Test = (cascade: Cascade) => boolean;

/** The test of a field for equality; a sentence where the value is wrong. */
function testOf(field: string, value: string, offset: Offset): Test | string {
  switch (field) {
    case "who":
      return named(value, (matches, cascade) =>
        value === "?"
          ? cascade.origin.service === null && namedOutside(cascade.origin) === null
          : isCalled(cascade.origin, matches) || matches(starterName(cascade)),
      );
    case "service":
      return named(
        value,
        (matches, { origin, reached, falseOrigins }) =>
          isCalled(origin, matches) ||
          reached.some((each) => isCalled(each, matches)) ||
          falseOrigins.some((each) => matches(each.service)),
      );
    case "how": {
      const kind = kindOf(value);
      if (kind === undefined) return `there is no kind "${value}"; use one of ${HOW_VALUES.join(", ")}`;
      return ({ origin }) => origin.kind === kind;
    }
    case "sure": {
      const wanted = CONFIDENCES.find((each) => each === value.toLowerCase());
      if (wanted === undefined) return `sure is one of ${CONFIDENCES.join(", ")}; "${value}" is none`;
      return ({ origin }) => origin.confidence === wanted;
    }
    case "code":
    case "reached": {
      if (!/^-?\d+$/.test(value)) return `${field === "code" ? "a code" : "reached"} is a number, "${value}" is none`;
      return (cascade) => numberOf(field, cascade) === Number(value);
    }
    case "stopped":
      return stoppedTest(value.toLowerCase());
    case "trace":
      return named(value, (matches, { traceId = "" }) => traceId !== "" && begins(matches, value, traceId));
    case "id":
      return named(value, (matches, { id, aliases, exemplars = [] }) =>
        [id, ...aliases, ...exemplars].some((each) => begins(matches, value, each)),
      );
    case "time": {
      const within = parseTimeRange(value, offset);
      if (within === null) return `"${value}" is no time; write time=12:04..12:06 or time=2026-11-27T12:04..`;
      return ({ firstAt, lastAt }) => firstAt !== undefined && within(firstAt, lastAt ?? firstAt);
    }
    default: {
      const outcome = matcherOf(value, false);
      if (outcome.matcher === undefined) return outcome.problem;
      const { matcher } = outcome;
      return ({ evidence }) => evidence.some((each) => matcher(each.text));
    }
  }
}

function named(value: string, test: (matches: Matcher, cascade: Cascade) => boolean): Test | string {
  const outcome = matcherOf(value, true);
  if (outcome.matcher === undefined) return outcome.problem;
  const { matcher } = outcome;
  return (cascade) => test(matcher, cascade);
}

/** An id may be given by its beginning. */
function begins(matches: Matcher, value: string, id: string): boolean {
  return matches(id) || (!isRegex(value) && id.toLowerCase().startsWith(value.toLowerCase()));
}

function stoppedTest(value: string): Test | string {
  switch (value) {
    case "no":
      return (cascade) => fateOf(cascade).running.length > 0;
    case "?":
      return (cascade) => fateOf(cascade).unseen.length > 0;
    case "yes":
      return (cascade) => {
        const { running, unseen } = fateOf(cascade);
        return running.length === 0 && unseen.length === 0;
      };
    default:
      return `stopped is yes (all were seen to), no (somebody works on) or ? (an end was not seen); "${value}" is none`;
  }
}

/** `sure<strong` is everything that is less sure. */
function compared(field: string, sign: string, value: string): WhereOutcome {
  const wanted = field === "sure" ? rankOf(value.toLowerCase()) : Number(value);
  if (field !== "sure" && field !== "code" && field !== "reached")
    return {
      problem: `${sign} compares sure, code and reached; for ${field} write ${field}=${value} or ${field}!=${value}`,
    };
  if (wanted === -1) return { problem: `sure is one of ${CONFIDENCES.join(", ")}; "${value}" is none` };
  if (Number.isNaN(wanted)) return { problem: `${field} is a number, "${value}" is none` };
  const holds = (cascade: Cascade): boolean => {
    const is = numberOf(field, cascade);
    if (is === null) return false;
    return sign === "<" ? is < wanted : sign === "<=" ? is <= wanted : sign === ">" ? is > wanted : is >= wanted;
  };
  return { where: { field, alternative: false, holds } };
}

function numberOf(field: string, cascade: Cascade): number | null {
  if (field === "sure") return rankOf(cascade.origin.confidence);
  return field === "code" ? cascade.origin.code : victimsOf(cascade);
}

/** Higher is surer; -1 for no confidence. */
function rankOf(confidence: string): number {
  const at = (CONFIDENCES as readonly string[]).indexOf(confidence);
  return at === -1 ? -1 : CONFIDENCES.length - at;
}

/** The words of the screens for each kind; each kind's own name is a value, too. */
const HOWS: readonly (readonly [string, Kind])[] = [
  ["cancelled", "cancel"],
  ["canceled", "cancel"],
  ["asked-to-stop", "cancel"],
  ["timed-out", "deadline"],
  ["timeout", "deadline"],
  ["vanished", "disconnect"],
  ["left", "disconnect"],
  ["shut-down", "shutdown"],
  ["returned", "handler-return"],
  ["failed", "error"],
];

/** What can stand behind `how=`. */
export const HOW_VALUES: readonly string[] = [...KINDS, ...HOWS.map(([word]) => word)];

function kindOf(value: string): Kind | undefined {
  const word = value.toLowerCase().replaceAll(/[ _]/g, "-");
  return HOWS.find(([each]) => each === word)?.[1] ?? KINDS.find((kind) => kind === word);
}

function isCalled(
  { service, aliases = [] }: { readonly service: string | null; readonly aliases?: readonly string[] },
  matches: Matcher,
): boolean {
  return (service !== null && matches(service)) || aliases.some(matches);
}
