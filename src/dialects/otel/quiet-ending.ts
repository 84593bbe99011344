/** How a span ended that has neither a word about it nor the status of an error: what a receiver has to keep of such spans. */
import type { QuietEnding } from "../../model/index.ts";
import { attributeOf } from "./attributes.ts";
import { codeOfFields, type StatusCode } from "./status-codes.ts";

/** Statuses of a call that was ended before its time; servers have them without an error. */
const CUT: readonly (StatusCode | null)[] = ["CANCELLED", "DEADLINE_EXCEEDED"];

/** What the attributes of a quiet span say of its end. */
export function quietEndingOf(fields: ReadonlyMap<string, string>): QuietEnding {
  const code = codeOfFields(fields);
  if (CUT.includes(code)) return "cut";
  if (attributeOf(fields, "httpStatus") !== null) return "answered";
  return attributeOf(fields, "httpMethod") === null || code !== null ? null : "unanswered";
}
