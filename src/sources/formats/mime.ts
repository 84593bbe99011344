/**
 * Mails and pages that a browser saved in one file (RFC 2045, RFC 2557) -> the lines that were put into them, whatever carries them: quoted-printable
 * breaks lines in the middle of a name, base64 hides them. A part with the name of a file gets a heading as `tail` writes it.
 *
 * Of a text that is there as a page, too, the page is left out: its lines would count twice. Parts that are no text are told.
 */
import { textOfPage } from "./page.ts";

const FIELD = /^([A-Za-z][A-Za-z0-9-]{0,60}):[ \t]?(.*)$/;
/** What only mails and pages begin with, not far from their beginning. */
const OF_MIME =
  /^(?:MIME-Version:[ \t]*1\.0|Content-Transfer-Encoding:[ \t]*\S|Content-Type:[ \t]*(?:multipart|text)\/)/im;
const MAX_FIELDS = 200;

/** True for a text that begins with the header of a mail: nothing but fields up to an empty line or the end, and one of MIME's among them. */
export function isMime(first: string): boolean {
  const header = first.replace(/^From [^\n]*\n/, "").split(/\r?\n\r?\n/, 1)[0] ?? "";
  const lines = header.split("\n");
  if (header.length === first.length) lines.pop();
  const fits = (line: string): boolean => FIELD.test(line.trimEnd()) || /^[ \t]/.test(line);
  return (
    lines.length <= MAX_FIELDS && OF_MIME.test(header) && FIELD.test(lines[0]?.trimEnd() ?? "") && lines.every(fits)
  );
}

/** A line or a part in base64 that is longer than this is given as it is, or in pieces. */
const MAX_WAITING: number = 1024 * 1024;

type Carried = "plain" | "quoted" | "base64" | "left-out";

/** One entity of the document: its header, and how its body is carried. */
interface Part {
  readonly carried: Carried;
  readonly charset: string;
  readonly file: string | null;
  readonly boundary: string | null;
  readonly kind: string;
}

function parameterOf(value: string, name: string): string | null {
  const found = new RegExp(`;\\s*${name}\\*?=(?:"([^"]{1,512})"|([^\\s;]{1,512}))`, "i").exec(value);
  return found?.[1] ?? found?.[2] ?? null;
}

function partOf(header: readonly string[]): Part {
  const fields = new Map<string, string>();
  for (const line of header
    .join("\n")
    .replace(/\r?\n[ \t]+/g, " ")
    .split("\n")) {
    const [, name, value = ""] = FIELD.exec(line.trimEnd()) ?? [];
    if (name !== undefined) fields.set(name.toLowerCase(), value);
  }
  const type = fields.get("content-type") ?? "text/plain";
  const encoding = (fields.get("content-transfer-encoding") ?? "").trim().toLowerCase();
  const file = parameterOf(fields.get("content-disposition") ?? "", "filename") ?? parameterOf(type, "name");
  return {
    carried: encoding === "quoted-printable" ? "quoted" : encoding === "base64" ? "base64" : "plain",
    charset: parameterOf(type, "charset") ?? "utf-8",
    file,
    boundary: /^\s*multipart\//i.test(type) ? parameterOf(type, "boundary") : null,
    kind: /^\s*([^\s;]+)/.exec(type)?.[1]?.toLowerCase() ?? "",
  };
}

function decoderOf(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}

/** The bytes that `=XX` stand for. */
function unquoted(line: string): string {
  return line.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** A document around parts: its boundary, and whether its parts are one text in several forms, of which the plain one was there. */
interface Level {
  readonly boundary: string;
  readonly alternative: boolean;
  plainSeen: boolean;
}

/** Follows the parts of one document, line by line. */
class Parts {
  readonly #levels: Level[] = [];
  readonly #onFault: (message: string) => void;
  #header: string[] | null = [];
  #part: Part = partOf([]);
  #decoder = decoderOf("utf-8");
  #waiting = "";

  constructor(onFault: (message: string) => void) {
    this.#onFault = onFault;
  }

  /** What a line gives; `line` holds bytes as signs, without its end. */
  take(line: string): string {
    const level = line.startsWith("--")
      ? this.#levels.findLastIndex(({ boundary }) => isDelimiter(line, boundary))
      : -1;
    if (level >= 0) {
      const last = this.end();
      const closes = line.startsWith(`--${this.#levels[level]?.boundary}--`);
      this.#levels.length = closes ? level : level + 1;
      this.#header = closes ? null : [];
      this.#part = partOf([]);
      return `${last}\n`;
    }
    if (this.#header === null) return this.#body(line);
    if (line.trim() !== "") {
      this.#header.push(line);
      return this.#levels.length === 0 ? `${line}\n` : "\n";
    }
    return this.#begin(partOf(this.#header));
  }

  /** What is left at the end of a part. */
  end(): string {
    const rest = this.#waiting;
    this.#waiting = "";
    if (this.#part.carried === "base64") return this.#decoded(Buffer.from(rest, "base64"), false);
    return rest === "" ? "" : `${this.#text(unquoted(rest))}\n`;
  }

  #begin(part: Part): string {
    const around = this.#levels.at(-1);
    const repeats = part.kind === "text/html" && around?.alternative === true && around.plainSeen;
    if (around !== undefined && part.kind === "text/plain") around.plainSeen = true;
    this.#header = null;
    this.#decoder = decoderOf(part.charset);
    this.#part = repeats ? { ...part, carried: "left-out" } : part;
    if (part.boundary !== null)
      this.#levels.push({
        boundary: part.boundary,
        alternative: part.kind === "multipart/alternative",
        plainSeen: false,
      });
    return part.file === null || repeats ? "\n" : `==> ${part.file.replaceAll(/[\r\n]/g, " ")} <==\n`;
  }

  #body(line: string): string {
    switch (this.#part.carried) {
      case "left-out":
        return "\n";
      case "plain":
        return `${this.#text(line)}\n`;
      case "quoted": {
        const whole = this.#waiting + line.trimEnd();
        const goesOn = whole.endsWith("=") && whole.length < MAX_WAITING;
        this.#waiting = goesOn ? whole.slice(0, -1) : "";
        return goesOn ? "" : `${this.#text(unquoted(whole))}\n`;
      }
      case "base64": {
        const all = this.#waiting + line.trim();
        const whole = all.length - (all.length % 4);
        this.#waiting = all.slice(whole);
        return this.#decoded(Buffer.from(all.slice(0, whole), "base64"), true);
      }
    }
  }

  #text(bytes: string): string {
    const text = this.#decoder.decode(Buffer.from(bytes, "latin1"), { stream: true });
    return this.#part.kind === "text/html" ? textOfPage(text) : text;
  }

  #decoded(bytes: Buffer, more: boolean): string {
    if (bytes.includes(0)) {
      this.#onFault(`a part of it (${this.#part.file ?? this.#part.kind}) is no text and was not read`);
      this.#part = { ...this.#part, carried: "left-out" };
      return "\n";
    }
    const text = this.#decoder.decode(bytes, { stream: more });
    return more || text === "" || text.endsWith("\n") ? text : `${text}\n`;
  }
}

function isDelimiter(line: string, boundary: string): boolean {
  const rest = line.startsWith(`--${boundary}`) ? line.slice(boundary.length + 2).trimEnd() : null;
  return rest === "" || rest === "--";
}

/** The lines of all parts. */
export async function* linesOfMime(
  chunks: AsyncIterable<Uint8Array>,
  onFault: (message: string) => void,
): AsyncGenerator<Uint8Array> {
  const parts = new Parts(onFault);
  let rest = "";
  for await (const chunk of chunks) {
    rest += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
    const lines = rest.split("\n");
    rest = lines.pop() as string;
    if (rest.length > MAX_WAITING) {
      lines.push(rest);
      rest = "";
    }
    yield Buffer.from(lines.map((line) => parts.take(line.endsWith("\r") ? line.slice(0, -1) : line)).join(""));
  }
  yield Buffer.from((rest === "" ? "" : parts.take(rest)) + parts.end());
}
