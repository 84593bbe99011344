/** How lines of logs begin. */

/**
 * The application's own line, as it stands inside of a wrapper or a field: with a time, klog's letter and date, or logfmt; or an object of
 * JSON.
 */
export const OWN_START: string = [
  "\\[?\\d{4}[-/]\\d\\d[-/]\\d\\d[T ,_]\\d\\d:",
  "\\[?\\d{8}[T ]\\d{2}:?\\d{2}",
  "[IWEFD]\\d{4}(?:\\d{4})? \\d\\d:\\d\\d:",
  "\\[?\\d\\d:\\d\\d:\\d\\d[.,]\\d",
  "(?:time|ts|level|lvl|msg)=",
  '\\{\\s*"',
].join("|");

const LOG_LINE = new RegExp(`^(?:${OWN_START})`);

/** True for a text that begins as a line of a log does. */
export function isLogLine(text: string): boolean {
  return LOG_LINE.test(text) && (text.charCodeAt(0) !== 0x7b || text.trimEnd().endsWith("}"));
}
