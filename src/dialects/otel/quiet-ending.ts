/** How a span ended that has neither a word about it nor the status of an error: what a receiver has to keep of such spans. */
import type { EndingSigns, QuietEnding } from "../../model/index.ts";
import { attributeNames, attributeOf } from "./attributes.ts";
import { codeOfFields, type StatusCode } from "./status-codes.ts";

/** Statuses of a call that was ended before its time; servers have them without an error. */
const CUT: readonly (StatusCode | null)[] = ["CANCELLED", "DEADLINE_EXCEEDED"];

/** By what {@link quietEndingOf} goes, as data. */
export const ENDING_SIGNS: EndingSigns = {
  codes: attributeNames("rpcCode"),
  cut: ["1", "01", "4", "04", "cancelled", "canceled", "deadlineexceeded"],
  answered: attributeNames("httpStatus"),
  asked: attributeNames("httpMethod"),
};

/** What the attributes of a quiet span say of its end. */
export function quietEndingOf(fields: ReadonlyMap<string, string>): QuietEnding {
  const code = codeOfFields(fields);
  if (CUT.includes(code)) return "cut";
  if (attributeOf(fields, "httpStatus") !== null) return "answered";
  return attributeOf(fields, "httpMethod") === null || code !== null ? null : "unanswered";
}
