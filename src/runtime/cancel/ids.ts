/**
 * Ids that need to be unique, not secret: a random part for each process and a counter.
 */

const WORD = 0x1_0000_0000;

let prefix = "";
let counter = 0;

/** Sixteen lower-case hex digits, unique per process and, as far as 32 random bits go, between processes. */
export function nextId(): string {
  if (prefix === "") {
    const [high = 0, start = 0] = crypto.getRandomValues(new Uint32Array(2));
    prefix = hex(high);
    counter = start;
  }
  counter = (counter + 1) % WORD;
  return prefix + hex(counter);
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
