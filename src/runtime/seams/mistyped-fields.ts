/**
 * Fields that were skipped because a peer's struct says another type: legal in thrift, and nearly always two versions of an IDL that do
 * not fit. Each is counted and told to observers; the message is read without it.
 */
import { fieldMistyped, type MistypedField } from "./channels.ts";

let count = 0;
let last: MistypedField | null = null;

/** How many fields were skipped in this process because their type was another, and the last of them. */
export function mistypedFields(): { readonly count: number; readonly last: MistypedField | null } {
  return { count, last };
}

/** Counts a field and tells observers of it. */
export function noteMistyped(field: MistypedField): void {
  count += 1;
  last = field;
  if (fieldMistyped.hasSubscribers) fieldMistyped.publish(field);
}
