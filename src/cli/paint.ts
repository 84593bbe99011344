/** Colours and weights for printed reports. Colours repeat what words already say; none carries a meaning of its own. */

/** A function for each style; all of them return the text unchanged where colours are not wanted. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly origin: (text: string) => string;
  readonly fake: (text: string) => string;
  readonly good: (text: string) => string;
  readonly doubt: (text: string) => string;
  readonly warn: (text: string) => string;
}

/** Makes the styles; blue and orange instead of green and red, so that they can be told apart by (almost) everybody. */
export function createPaint(colour: boolean): Paint {
  const style = (open: string, close: string) => (text: string) =>
    colour && text !== "" ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    bold: style("1", "22"),
    dim: style("2", "22"),
    origin: style("1;38;5;208", "22;39"),
    fake: style("38;5;178", "39"),
    good: style("38;5;75", "39"),
    doubt: style("38;5;178", "39"),
    warn: style("38;5;208", "39"),
  };
}
