/**
 * JSON text -> values, without losing what a parser loses: digits of long numbers, and all values but the last of a repeated key.
 */

const MAX_EMBEDDED_LENGTH = 4 * 1024 * 1024;

/** Whole numbers of nanoseconds that a double cannot hold; quoted before parsing, so that they stay exact. */
const LONG_NUMBER = /([:[,]\s*)(\d{17,})(?=\s*[,}\]])/g;

/** A string with the colon behind it if it is a key; or where an object begins or ends. */
const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g;

/**
 * The same JSON with every key that an object repeats given another name, `2.error` for the second `error`: loggers with fields of their own
 * (zap, zerolog) write a name twice, and a parser keeps the last. Null where nothing is repeated. `text`: valid JSON.
 */
function renameRepeated(text: string): string | null {
  const open: Map<string, number>[] = [];
  let repeats = 0;
  const renamed = text.replace(TOKEN, (token: string, colon: string | undefined) => {
    if (token === "{") open.push(new Map());
    else if (token === "}") open.pop();
    else if (colon !== undefined) {
      const keys = open.at(-1) as Map<string, number>;
      const count = (keys.get(token) ?? 0) + 1;
      keys.set(token, count);
      if (count > 1) {
        repeats += 1;
        return `"${count}.${token.slice(1)}`;
      }
    }
    return token;
  });
  return repeats > 0 ? renamed : null;
}

/** True where a value written again is as long as the text it was read from: then nothing in the text got lost. */
function isWhole(value: unknown, text: string): boolean {
  try {
    return JSON.stringify(value).length === text.length;
  } catch {
    // Nested too deep to be written
    return false;
  }
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** Behind the string that begins at a quote; -1 where it does not end. */
export function behindString(text: string, quote: number): number {
  for (let at = quote + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at + 1;
  }
  return -1;
}

/** No log is nested deeper; a parser and a writer need seconds for millions of levels. */
const MAX_DEPTH: number = 200_000;

/** Says whether a text has more opening signs on its way than {@link MAX_DEPTH} allows; signs in strings count, too, which only long texts have so many of. */
function isTooDeep(text: string): boolean {
  if (text.length < MAX_DEPTH) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

const STRING = /"(?:[^"\\]|\\[\s\S])*"/g;

/**
 * The same JSON without ends of lines in its strings, where none can be: a screen wrapped them at its width, or somebody wrote them as they are.
 */
export function withoutBreaks(text: string): string {
  if (!text.includes("\n")) return text;
  const width = Math.max(...text.split(/\r?\n/, MOST_LINES).map(({ length }) => length));
  return text.replace(STRING, (string: string, offset: number) => {
    if (!string.includes("\n")) return string;
    const first = offset - (text.lastIndexOf("\n", offset) + 1);
    const lines = string.split(/\r?\n/);
    const filled = lines.every((line, at) => at === lines.length - 1 || line.length + (at === 0 ? first : 0) === width);
    return lines.join(filled ? "" : "\\n");
  });
}

/** No value of a log has more lines. */
const MOST_LINES = 10_000;

/** How a whole object or list ends; asking a parser costs a thousand times as much where it does not. */
function endsWhole(text: string): boolean {
  let at = text.length - 1;
  while (at > 0 && text.charCodeAt(at) <= 0x20) at -= 1;
  const code = text.charCodeAt(at);
  return (code === 0x7d || code === 0x5d) && at > 0;
}

/** Parses JSON, keeping long numbers as text, and each value of a repeated key. Null where the text is no object and no list. */
export function parseJson(json: string): object | null {
  if (!endsWhole(json) || isTooDeep(json)) return null;
  try {
    let text = json;
    let value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return null;
    const renamed = isWhole(value, text) ? null : renameRepeated(text);
    if (renamed !== null) {
      text = renamed;
      value = JSON.parse(text);
    }
    LONG_NUMBER.lastIndex = 0;
    // Only then, because a number inside a string would be quoted too and spoil the line: in that case the first answer stays.
    if (LONG_NUMBER.test(text)) {
      try {
        value = JSON.parse(text.replace(LONG_NUMBER, '$1"$2"'));
      } catch {
        return value as object;
      }
    }
    return value as object;
  } catch {
    return null;
  }
}

/** Reads a JSON object or list that stands inside a string; null where the string is none. */
export function parseEmbedded(text: string): object | null {
  if (text.length < 2 || text.length > MAX_EMBEDDED_LENGTH) return null;
  const trimmed = text.trim();
  const ends = trimmed.charCodeAt(0) === 0x7b ? "}" : trimmed.charCodeAt(0) === 0x5b ? "]" : null;
  if (ends === null || !trimmed.endsWith(ends)) return null;
  return parseJson(trimmed);
}
