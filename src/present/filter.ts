/**
 * Filters over cascades: `service=chat`, `kind!=error`, `text=EOF`.
 *
 * The command line and the screens speak the same language. Conditions on different fields must all hold; several with `=` on the same
 * field are alternatives; each with `!=` must hold.
 */
import { type Cascade, countOrigins, type Diagnosis, KINDS } from "../model/index.ts";

/** What a condition can look at. */
export const WHERE_FIELDS = ["service", "kind", "code", "origin", "text"] as const;

/** One of {@link WHERE_FIELDS}. */
export type WhereField = (typeof WHERE_FIELDS)[number];

/** One condition. */
export interface Where {
  readonly field: WhereField;
  readonly negated: boolean;
  readonly value: string;
}

/** Either the condition, or the sentence that says what is wrong with its text. */
export type WhereOutcome =
  | { readonly where: Where; readonly problem?: never }
  | { readonly where?: never; readonly problem: string };

/**
 * Reads one condition: a field, `=` or `!=`, a value. `service=` holds where the service takes part in any role, `origin=` where it is the
 * origin (`origin=?`: where the origin is not known), `text=` where a line of the evidence holds the value, in any case of letters.
 */
export function parseWhere(text: string): WhereOutcome {
  const match = /^\s*([A-Za-z]+)\s*(!=|=)(.*)$/s.exec(text);
  if (match === null)
    return { problem: `"${text}" is no condition; write FIELD=VALUE or FIELD!=VALUE, for example kind=deadline` };
  const [, name = "", sign, value = ""] = match;
  const field = WHERE_FIELDS.find((each) => each === name.toLowerCase());
  if (field === undefined) return { problem: `there is no field "${name}"; use one of ${WHERE_FIELDS.join(", ")}` };
  if (value === "") return { problem: `"${text}" has no value; write for example ${field}=${EXAMPLES[field]}` };
  if (field === "kind" && !KINDS.some((kind) => kind === value)) {
    return { problem: `there is no kind "${value}"; use one of ${KINDS.join(", ")}` };
  }
  if (field === "code" && !/^-?\d+$/.test(value)) return { problem: `a code is a number, "${value}" is none` };
  return { where: { field, negated: sign === "!=", value } };
}

const EXAMPLES: Readonly<Record<WhereField, string>> = {
  service: "chat",
  kind: "deadline",
  code: "12007",
  origin: "gateway",
  text: "EOF",
};

/** True where a cascade meets the conditions; see the head of this file for how they combine. */
export function meets(cascade: Cascade, conditions: readonly Where[]): boolean {
  const alternatives = new Map<WhereField, boolean>();
  for (const condition of conditions) {
    const holds = holdsFor(cascade, condition);
    if (condition.negated) {
      if (holds) return false;
    } else {
      alternatives.set(condition.field, holds || (alternatives.get(condition.field) ?? false));
    }
  }
  return ![...alternatives.values()].includes(false);
}

function holdsFor(cascade: Cascade, { field, value }: Where): boolean {
  const { origin } = cascade;
  switch (field) {
    case "service":
      return (
        isCalled(origin, value) ||
        cascade.reached.some((each) => isCalled(each, value)) ||
        cascade.falseOrigins.some((each) => each.service === value)
      );
    case "origin":
      return value === "?" ? origin.service === null : isCalled(origin, value);
    case "kind":
      return origin.kind === value;
    case "code":
      return origin.code === Number(value);
    case "text": {
      const wanted = value.toLowerCase();
      return cascade.evidence.some((each) => each.text.toLowerCase().includes(wanted));
    }
  }
}

function isCalled(
  { service, aliases = [] }: { readonly service: string | null; readonly aliases?: readonly string[] },
  name: string,
): boolean {
  return service === name || aliases.includes(name);
}

/**
 * The part of a diagnosis whose cascades are kept: origins are counted anew, warnings about other cascades go. The very same object comes
 * back where nothing goes.
 */
export function narrow(diagnosis: Diagnosis, keep: (cascade: Cascade) => boolean): Diagnosis {
  const cascades = diagnosis.cascades.filter(keep);
  if (cascades.length === diagnosis.cascades.length) return diagnosis;
  const ids = new Set(cascades.flatMap((cascade) => [cascade.id, ...cascade.aliases]));
  return {
    cascades,
    origins: countOrigins(cascades),
    warnings: diagnosis.warnings.filter((warning) => warning.cascade === undefined || ids.has(warning.cascade)),
    counts: diagnosis.counts,
  };
}
