/**
 * How the errors of a Kitex process look in a text: ttstream, Kitex gRPC status, gRPC connection errors, business status errors
 * (docs/protocol.md#error-texts). They nest in each other in any order, so one scan looks for all of them.
 */
import type { Side } from "../model/index.ts";
import {
  cleanText,
  type Found,
  findErrors,
  type Grammar,
  holdsNoise,
  PATH_GROUP,
  type TtstreamGroups,
  ttstreamGrammar,
} from "../ttstream/index.ts";

/** The groups of one Kitex error: what stands before its message. */
export type KitexGroups =
  | ({ readonly dialect: "ttstream" } & TtstreamGroups)
  | {
      readonly dialect: "grpc";
      readonly code: number;
      /** True if the code stands as a word (`Canceled`), as every gRPC but Kitex's writes it. */
      readonly word: boolean;
    }
  | { readonly dialect: "grpc-conn" }
  | { readonly dialect: "biz-status"; readonly code: number };

/** One Kitex error in a text, with the error it wraps. */
export type KitexError = Found<KitexGroups>;

const GRPC_CODE_NAMES = [
  "OK",
  "Canceled",
  "Unknown",
  "InvalidArgument",
  "DeadlineExceeded",
  "NotFound",
  "AlreadyExists",
  "PermissionDenied",
  "ResourceExhausted",
  "FailedPrecondition",
  "Aborted",
  "OutOfRange",
  "Unimplemented",
  "Internal",
  "Unavailable",
  "DataLoss",
  "Unauthenticated",
] as const;

/** The name of a gRPC status code; Kitex adds 17. */
export function grpcCodeName(code: number): string {
  return code === 17 ? "RecvDeadlineExceeded" : (GRPC_CODE_NAMES[code] ?? `code ${code}`);
}

const ttstream: Grammar<KitexGroups> = {
  marker: ttstreamGrammar.marker,
  readHead(text, at, end) {
    const head = ttstreamGrammar.readHead(text, at, end);
    return head === null ? null : { ...head, fields: { dialect: "ttstream", ...head.fields } };
  },
};

const GRPC_MARKER = "rpc error: code = ";
const GRPC_HEAD = /rpc error: code = (-?\d{1,10}|[A-Z][A-Za-z]{1,20}) desc = /y;

const grpc: Grammar<KitexGroups> = {
  marker: GRPC_MARKER,
  readHead(text, at, end) {
    GRPC_HEAD.lastIndex = at;
    const match = GRPC_HEAD.exec(text);
    if (match === null || at + match[0].length > end) return null;
    const word = match[1] as string;
    const code = /^-?\d/.test(word) ? Number(word) : GRPC_CODE_NAMES.indexOf(word as (typeof GRPC_CODE_NAMES)[number]);
    if (code === -1 && word !== "-1") return null;
    const asWord = !/^-?\d/.test(word);
    return { fields: { dialect: "grpc", code, word: asWord }, messageAt: at + match[0].length, truncated: false };
  },
};

const CONNECTION_MARKER = 'connection error: desc = "';

const connection: Grammar<KitexGroups> = {
  marker: CONNECTION_MARKER,
  readHead: (_text, at) => ({
    fields: { dialect: "grpc-conn" },
    messageAt: at + CONNECTION_MARKER.length,
    truncated: false,
  }),
};

const BIZ_HEAD = /biz error: code=(-?\d{1,10}), msg=/y;

const bizStatus: Grammar<KitexGroups> = {
  marker: "biz error: code=",
  readHead(text, at, end) {
    BIZ_HEAD.lastIndex = at;
    const match = BIZ_HEAD.exec(text);
    if (match === null || at + match[0].length > end) return null;
    return {
      fields: { dialect: "biz-status", code: Number(match[1]) },
      messageAt: at + match[0].length,
      truncated: false,
    };
  },
};

const grammars: readonly Grammar<KitexGroups>[] = [ttstream, grpc, connection, bizStatus];

/** What every marker contains. */
const MARKED = "error";

/** False for a text without any Kitex error in it, as a first look tells; most texts have none. `text` as for {@link findKitexErrors}. */
export function maybeKitexErrors(text: string): boolean {
  return text.includes(MARKED) || holdsNoise(text);
}

/** Every Kitex error in a text, in order, each with the errors it wraps. Never throws; linear in the text. */
export function findKitexErrors(text: string): KitexError[] {
  const clean = cleanText(text);
  const errors = findErrors(clean, grammars);
  return clean.includes("\n") && errors.some(({ truncated }) => truncated) ? findJoined(clean, errors) : errors;
}

/** Texts with more cut heads than that are no log's. */
const MOST_JOINED = 50;

/** The same where lines that end inside a head go on in the next one: a terminal wrapped them. Joined where that makes the head whole. */
function findJoined(clean: string, found: KitexError[]): KitexError[] {
  let text = clean;
  let errors = found;
  for (const { at } of found
    .filter(({ truncated }) => truncated)
    .slice(0, MOST_JOINED)
    .reverse()) {
    const end = text.indexOf("\n", at);
    if (end < 0) continue;
    const head = text.slice(at, text[end - 1] === "\r" ? end - 1 : end);
    const rest = text.slice(end + 1);
    const joined = joints(head, rest).map((joint) => `${text.slice(0, at)}${head}${joint}${rest}`);
    const again = joined.map((each) => findErrors(each, grammars));
    const whole = again.findIndex((each) => isWhole(each.find((error) => error.at === at)));
    if (whole < 0) continue;
    text = joined[whole] as string;
    errors = again[whole] as KitexError[];
  }
  return errors;
}

/** True where all of the head was read as groups. */
function isWhole(error: KitexError | undefined): boolean {
  return error !== undefined && !error.truncated && !error.message.startsWith("[");
}

/**
 * What may have stood where a head was wrapped: nothing at a fixed width, a space between words. Inside of a name nobody can tell, but for
 * a hyphen, behind which words are parted too.
 */
function joints(head: string, rest: string): readonly string[] {
  // Indented lines are not wrapped by a screen
  if (/^(?:\t| {2})/.test(rest)) return [];
  if (head.endsWith(" ") || rest.startsWith(" ")) return [""];
  if (/(?:->|path:)$/.test(head) || rest.startsWith("->")) return [" "];
  return !head.includes(PATH_GROUP) || head.endsWith("-") ? ["", " "] : [];
}

/** The tail that Kitex's gRPC client puts behind an error in its own log line. */
const RST_TAIL = /, rstCode: (\d+)(?: \[send RSTStream Frame\])?$/;
const BIZ_TAIL = " [biz error]";
const TRIGGER_TAIL = / \[triggered by ([^\]]*)\]$/;

/** What stands in the message of a gRPC status besides the message. */
export interface GrpcTail {
  readonly message: string;
  /** Null where the message has no such group; empty where the caller sent no name. */
  readonly triggeredBy: string | null;
  /** How many handlers returned it up: one ` [biz error]` each. */
  readonly returned: number;
  /** The HTTP/2 code of the reset that Kitex's client says it sent. */
  readonly rstCode: number | null;
}

/** Takes the message of a gRPC status apart (docs/protocol.md#grpc-texts). */
export function readGrpcTail(text: string): GrpcTail {
  let message = text;
  let rstCode: number | null = null;
  const rst = RST_TAIL.exec(message);
  if (rst !== null) {
    rstCode = Number(rst[1]);
    message = message.slice(0, rst.index);
  }
  let returned = 0;
  while (message.endsWith(BIZ_TAIL)) {
    message = message.slice(0, -BIZ_TAIL.length);
    returned += 1;
  }
  const trigger = TRIGGER_TAIL.exec(message);
  const triggeredBy = trigger === null ? null : (trigger[1] as string);
  if (trigger !== null) message = message.slice(0, trigger.index);
  return { message, triggeredBy, returned, rstCode };
}

/** Which end of its stream a gRPC status text speaks of; null where both ends say the same. */
export function sideOfGrpc(code: number, tail: GrpcTail): Side | null {
  if (tail.rstCode !== null || code === 17) return "client";
  if (tail.message.startsWith("transport: ") && tail.triggeredBy !== null) return "server";
  return null;
}

/** Undoes Go's quoting of a connection error's description; the closing quote may be cut off. */
export function unquoteGo(text: string): string {
  const end = /(?<!\\)(?:\\\\)*"/.exec(text);
  const body = end === null ? text : text.slice(0, end.index + end[0].length - 1);
  return body.replace(/\\(["\\nrt])/g, (_, letter: string) => ({ n: "\n", r: "\r", t: "\t" })[letter] ?? letter);
}
