/** Colours and weights for printed reports. Colours repeat what words already say; none carries a meaning of its own. */
import type { Styles } from "../../report/index.ts";

/** Makes the styles; blue and orange instead of green and red, so that they can be told apart by (almost) everybody. */
export function createStyles(colour: boolean): Styles {
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
