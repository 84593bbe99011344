/** Counts the events of an event stream as its bytes come: what a model generated, for who wants to know what a cancel saved. Pure. */

const LF = 0x0a;
const CR = 0x0d;
const DATA = Buffer.from("data:");
/** What ends a stream of an OpenAI-compatible backend: no token. */
const DONE = Buffer.from(" [DONE]");

/** Counts blocks of lines in which at least one begins with `data:`; the block `[DONE]` is none. */
export class EventCount {
  /** Events so far. */
  count = 0;
  #line: number[] = [];
  #inEvent = false;
  #wasCr = false;

  /** The next bytes of the stream. */
  add(chunk: Uint8Array): void {
    for (const byte of chunk) {
      if (byte === LF && this.#wasCr) {
        this.#wasCr = false;
        continue;
      }
      this.#wasCr = byte === CR;
      if (byte !== LF && byte !== CR) {
        // So much of a line tells what it is
        if (this.#line.length < DATA.length + DONE.length + 1) this.#line.push(byte);
        continue;
      }
      if (this.#line.length === 0 && this.#inEvent) {
        this.count += 1;
        this.#inEvent = false;
      } else if (this.#isData()) this.#inEvent = true;
      this.#line = [];
    }
  }

  #isData(): boolean {
    const line = Buffer.from(this.#line);
    return line.subarray(0, DATA.length).equals(DATA) && !line.subarray(DATA.length).equals(DONE);
  }
}
