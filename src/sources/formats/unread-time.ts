/** Lines that begin with a time which nobody here can read: they were not written when the line above was. */

/** A level, brackets, then what looks like a day and a time, a count of seconds, or a time beside a day in another form. */
const UNREAD = new RegExp(
  [
    String.raw`^[[(<{"']?(?:\p{Lu}{3,8}[\])]?[\s:|;,]{1,3})?[[(<{]?(?:`,
    [
      String.raw`\d{4}[-/.]\d{1,3}(?:[-/.]\d{1,2})?[T ,;|:_.-]{1,3}\d{1,2}[:.h\d-]`,
      String.raw`\d{4}年`,
      String.raw`\d{1,2}[-/. ](?:\d{1,2}|\p{L}{3,9})[-/. ](?:\d{4}|\d\d)[ T,:]{1,3}\d{1,2}[:.h]\d\d`,
      String.raw`\d{1,2}(?:[-/]\d{1,2}|[ -]?\p{Lu}\p{L}{2,8}) \d{1,2}:\d\d`,
      String.raw`\d{6}(?:\d\d)?[ T_-]{1,2}\d{1,2}:?\d\d:?\d\d\b`,
      String.raw`\d\d:\d\d:\d\d\b`,
      String.raw`\p{Lu}\p{L}{2,8}[. -]{1,2}\d{1,2}(?:\p{L}{2})?,? (?:\d{4},? )?\d{1,2}:\d\d`,
      String.raw`@?(?:\d{10}|\d{13}|\d{16,19})[,.\s\]]`,
      String.raw`\d{14}(?:\d{3})?\s`,
    ].join("|"),
    ")",
  ].join(""),
  "u",
);

/** True for the head of a line without a known time that seems to have one of its own all the same. */
export function hasUnreadTime(line: string): boolean {
  return UNREAD.test(line.length > HEAD_LENGTH ? line.slice(0, HEAD_LENGTH) : line);
}

const HEAD_LENGTH = 64;
