/** A function for each style; all of them return the text unchanged where colours are not wanted. */
export interface Styles {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly origin: (text: string) => string;
  readonly fake: (text: string) => string;
  readonly good: (text: string) => string;
  readonly doubt: (text: string) => string;
  readonly warn: (text: string) => string;
}

const unchanged = (text: string): string => text;

/** Text without colours and weights. */
export const PLAIN_STYLES: Styles = {
  bold: unchanged,
  dim: unchanged,
  origin: unchanged,
  fake: unchanged,
  good: unchanged,
  doubt: unchanged,
  warn: unchanged,
};
