/** Lines that end in carriage returns, as recordings of terminals and old systems have them -> lines that end in line feeds. */

const [LF, CR] = [10, 13];

/** Judges a text by its beginning: it has ends of lines, and none of the usual ones. */
export function endsInReturns(first: string): boolean {
  return /\r[^\n].*\r[^\n]/s.test(first) && !first.includes("\n");
}

/** The same text with a line feed for each carriage return that has none behind it. */
export async function* linesOfReturns(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held = false;
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([held ? Buffer.from([CR]) : Buffer.alloc(0), chunk]);
    held = bytes.at(-1) === CR;
    const whole = held ? bytes.subarray(0, -1) : bytes;
    for (let at = whole.indexOf(CR); at >= 0; at = whole.indexOf(CR, at + 1)) if (whole[at + 1] !== LF) whole[at] = LF;
    yield whole;
  }
  if (held) yield Buffer.from([LF]);
}
