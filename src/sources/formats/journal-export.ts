/**
 * The journal's export format (`journalctl -o export`) -> lines of JSON, one an entry.
 *
 * A field is `NAME=value` and a line feed; one with line feeds or control characters in it is its name alone, eight bytes of its length and
 * the bytes. An empty line ends an entry.
 */

const LF = 10;
/** No journal has longer fields; a length beyond is damage. */
const MAX_FIELD_BYTES = 64n * 1024n * 1024n;

/** Says whether an input begins as an export of the journal. */
export function isJournalExport(first: string): boolean {
  return /^__(?:CURSOR|REALTIME_TIMESTAMP)=/.test(first);
}

/** Takes the bytes as they come and gives whole entries. */
class Entries {
  #rest: Buffer = Buffer.alloc(0);
  #fields: [string, string][] = [];
  /** Line feeds since the entry began, its end not counted. */
  #lines = 0;

  /** The entries that are whole now, each followed by as many empty lines as keep the numbers of lines true. */
  feed(bytes: Uint8Array): string {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    let text = "";
    let from = 0;
    for (;;) {
      const end = this.#rest.indexOf(LF, from);
      if (end < 0) break;
      const line = this.#rest.subarray(from, end);
      const equals = line.indexOf(0x3d);
      if (line.length === 0) {
        text += this.finish();
        text += "\n";
        from = end + 1;
      } else if (equals >= 0) {
        this.#fields.push([line.toString("utf8", 0, equals), line.toString("utf8", equals + 1)]);
        this.#lines += 1;
        from = end + 1;
      } else {
        const next = this.#takeBinary(line.toString("utf8"), end + 1);
        if (next === null) break;
        from = next;
      }
    }
    this.#rest = this.#rest.subarray(from);
    return text;
  }

  /** Where the field ends whose length stands at `at`; null where that is not there yet. */
  #takeBinary(name: string, at: number): number | null {
    if (this.#rest.length < at + 8) return null;
    const length = this.#rest.readBigUInt64LE(at);
    // Damage: what follows is read as lines again
    if (length > MAX_FIELD_BYTES) return at;
    const end = at + 8 + Number(length);
    if (this.#rest.length < end + 1) return null;
    const value = this.#rest.subarray(at + 8, end);
    this.#fields.push([name, value.toString("utf8")]);
    for (const byte of value) if (byte === LF) this.#lines += 1;
    this.#lines += 2;
    return end + 1;
  }

  /** The entry so far. */
  finish(): string {
    const text = this.#fields.length === 0 ? "" : JSON.stringify(Object.fromEntries(this.#fields));
    const lines = "\n".repeat(this.#lines);
    this.#fields = [];
    this.#lines = 0;
    return text + lines;
  }
}

/** The entries of an export as lines of JSON. */
export async function* linesOfJournal(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const entries = new Entries();
  for await (const chunk of chunks) {
    const text = entries.feed(chunk);
    if (text !== "") yield Buffer.from(text);
  }
  yield Buffer.from(entries.finish());
}
