/**
 * How far one JSON value goes, judged while its bytes arrive: an answer of a query API may be of many lines, or one line of many MiB; a log
 * that begins with a brace is lines.
 */

const [QUOTE, BACKSLASH, LF] = [0x22, 0x5c, 0x0a];

function bytesOf(text: string): ReadonlySet<number> {
  return new Set(Buffer.from(text));
}

const OPENING = bytesOf("{[");
const CLOSING = bytesOf("}]");
const SPACE = bytesOf(" \t\r\n");
/** What stands outside of strings: signs, numbers, true, false, null. */
const BETWEEN = bytesOf(",:0123456789+-.eEtrufalsn \t\r\n");

/** Follows one value. */
export class JsonExtent {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #begun = false;
  /** The value is not whole yet, is whole, is whole and something else follows, or is none. */
  state: "open" | "whole" | "followed" | "broken" = "open";
  /** Whether the value goes over several lines. */
  manyLines = false;
  /** Whether its last line has ended. */
  ended = false;

  /** Takes the next bytes; each is looked at once. */
  feed(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length && this.state !== "broken" && this.state !== "followed"; i += 1) {
      this.#take(bytes[i] as number);
    }
  }

  #take(byte: number): void {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.#inString = false;
      else if (byte < 0x20) this.state = "broken";
    } else if (this.state === "whole") {
      if (byte === LF) this.ended = true;
      if (!SPACE.has(byte)) this.state = "followed";
    } else if (OPENING.has(byte)) {
      this.#begun = true;
      this.#depth += 1;
    } else if (!this.#begun) {
      // A byte order mark may stand before it
      if (!SPACE.has(byte) && byte !== 0xef && byte !== 0xbb && byte !== 0xbf) this.state = "broken";
    } else if (CLOSING.has(byte)) {
      this.#depth -= 1;
      if (this.#depth === 0) this.state = "whole";
    } else if (byte === QUOTE) this.#inString = true;
    else if (byte === LF) this.manyLines = true;
    else if (!BETWEEN.has(byte)) this.state = "broken";
  }
}
