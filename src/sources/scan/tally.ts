/** How much of an input has been read; the figures grow while the reading goes on. */
export interface InputTally {
  /** As it is shown in places: the path as given, or `stdin`. */
  readonly source: string;
  /** In bytes, as it lies there; null for a pipe or a device. */
  readonly size: number | null;
  /** How many of those bytes have been read; 0 where the size is not known. */
  readonly taken: number;
  /** Lines, and spans and logs of OTLP requests, whether they mattered or not. */
  readonly records: number;
}

/** Counts what is read of one input, and in the one that it was made by what is read of all. */
export class Tally implements InputTally {
  readonly source: string;
  readonly #all: Tally | null;
  readonly #inputs = new Map<string, Tally>();
  size: number | null;
  taken = 0;
  records = 0;
  /** Bytes of text, after decompression. */
  bytes = 0;
  /** Lines, or joined lines, in which the prefilter found something. */
  events = 0;

  constructor(source = "", size: number | null = null, all: Tally | null = null) {
    this.source = source;
    this.size = size;
    this.#all = all;
  }

  /** The tally of an input, the same for the same source. */
  of(source: string, size: number | null): Tally {
    const known = this.#inputs.get(source);
    if (known !== undefined) return known;
    const tally = new Tally(source, size, this);
    this.#inputs.set(source, tally);
    return tally;
  }

  /** Those of the inputs, in the order in which they were asked for. */
  get inputs(): readonly InputTally[] {
    return [...this.#inputs.values()];
  }

  addRecords(records: number): void {
    this.records += records;
    this.#all?.addRecords(records);
  }

  addBytes(bytes: number): void {
    this.bytes += bytes;
    this.#all?.addBytes(bytes);
  }

  addEvents(events: number): void {
    this.events += events;
    this.#all?.addEvents(events);
  }

  /** The input has been read as far as a byte of it. */
  reach(byte: number): void {
    if (this.size !== null && byte > this.taken) this.taken = byte;
  }

  /** The input is of another size now; where it is shorter, what was read of it is gone. */
  resize(size: number): void {
    this.size = size;
    this.taken = Math.min(this.taken, size);
  }
}
