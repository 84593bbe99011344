/** Values of parsed JSON that came from outside: nothing is known of their types. */

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for an object that is no list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text, a number or a boolean as text; empty for anything else. */
export function textOfJson(value: unknown): string {
  return typeof value === "string"
    ? value
    : typeof value === "number" || typeof value === "boolean"
      ? String(value)
      : "";
}

/** The text of a list of bytes, as which a journal writes a value that is not printable UTF-8; null for another list. */
export function bytesAsText(value: readonly unknown[]): string | null {
  if (
    value.length < 8 ||
    value.length > 1_000_000 ||
    !value.every((each) => typeof each === "number" && each >= 0 && each < 256)
  ) {
    return null;
  }
  return new TextDecoder().decode(Uint8Array.from(value as number[]));
}
