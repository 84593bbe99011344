/**
 * An error text taken apart, in the order in which it is written: words around it, groups, message, and the errors inside it.
 */
import {
  createDialects,
  type Dialects,
  findKitexErrors,
  grpcCodeName,
  type KitexError,
  readGrpcTail,
  type Wording,
} from "../dialects/index.ts";
import { ARROW, CODES, cleanText, factsOfCode, isCutSentence, NON_TTSTREAM } from "../ttstream/index.ts";
import { meaningOfCode } from "./codes.ts";
import { meaningOfGrpcMessage, meaningOfStatus, meaningsOfTail } from "./grpc.ts";
import type { Part } from "./part.ts";
import { meaningOfWrapper, meaningsOfPlain, meaningsOfWords } from "./words.ts";

/** What is known about a text. */
export interface Explanation {
  readonly parts: readonly Part[];
  /** What the whole says, in one or two sentences. */
  readonly summary: string;
}

/** Takes a text apart; `dialects` may know a user's own wordings. Never throws; an unknown text has no parts. */
export function explain(text: string, dialects: Dialects = createDialects()): Explanation {
  const clean = cleanText(text);
  const errors = findKitexErrors(clean);
  const [first] = errors;
  const before = meaningsOfWords(first === undefined ? clean : clean.slice(0, first.at));
  const parts: Part[] = before.map((each) => ({ ...each, depth: 0 }));
  for (const error of errors) parts.push(...partsOf(error, 0));
  if (first === undefined) return explainPlain(clean, parts, dialects);
  // A status of any gRPC: what its library writes beside it says more
  const wordings = isOfAnyGrpc(first)
    ? dialects.wordingsIn(clean).filter(({ text: said }) => !said.startsWith("code = "))
    : [];
  for (const wording of wordings) if (!parts.some((part) => part.text === wording.text)) parts.push(partOf(wording));
  return {
    parts,
    summary:
      errors.length > 1
        ? `${errors.length} separate errors stand in this text. The first: ${summaryOf(first)}`
        : summaryOf(first),
  };
}

function isOfAnyGrpc({ fields, inner }: KitexError): boolean {
  return fields.dialect === "grpc" && fields.word && inner === null;
}

/** A text without any of Kitex's errors: the wordings of other programs in it. */
function explainPlain(clean: string, before: readonly Part[], dialects: Dialects): Explanation {
  const wordings = dialects.wordingsIn(clean);
  const plain = meaningsOfPlain(clean).filter(({ text }) => !wordings.some((wording) => wording.text.includes(text)));
  const parts = [...before, ...wordings.map(partOf), ...plain.map((each) => ({ ...each, depth: 0 }))];
  const [first, ...others] = wordings;
  if (first !== undefined) {
    const more = others.length === 0 ? "" : ` What else stands in the text is above.`;
    return { parts, summary: `${saidBy(first)}${more}` };
  }
  return {
    parts,
    summary: parts.length === 0 ? NOTHING : "No stream error with a code stands in this text; what is known is above.",
  };
}

function saidBy({ product, meaning }: Wording): string {
  return `${product === null ? "" : `${product}: `}${meaning}`;
}

function partOf(wording: Wording): Part {
  const { text, caution } = wording;
  return { text, meaning: saidBy(wording), ...(caution === "" ? {} : { next: [caution] }), depth: 0 };
}

const NOTHING =
  "No part of this text is known here. Give the whole line, with everything before and behind the error; docs/dialects.md lists the wordings that streamscope knows.";

function partsOf(error: KitexError, depth: number): Part[] {
  const parts: Part[] = [];
  for (const prefix of error.prefixes) {
    const meaning = meaningOfWrapper(prefix);
    if (meaning !== null) parts.push({ text: `${prefix}:`, ...meaning, depth });
  }
  parts.push(...headParts(error, depth));
  const { inner } = error;
  if (inner !== null) parts.push(...partsOf(inner, depth + 1));
  return parts;
}

function headParts(error: KitexError, depth: number): Part[] {
  const { fields } = error;
  const message = ownMessage(error);
  switch (fields.dialect) {
    case "ttstream":
      return ttstreamParts(error, fields, message, depth);
    case "grpc": {
      const tail = readGrpcTail(message);
      const status = meaningOfStatus(fields.code, grpcCodeName(fields.code));
      const words = meaningOfGrpcMessage(tail.message);
      return [
        { text: `rpc error: code = ${fields.code}`, ...status, depth },
        ...(words === null ? [] : [{ text: tail.message, ...words, depth }]),
        ...meaningsOfTail(tail).map((each) => ({ ...each, depth })),
      ];
    }
    case "grpc-conn":
      return [
        {
          text: "connection error",
          meaning:
            "The gRPC connection to the service below broke; the text in quotes is the reason as the transport tells it.",
          next: ["Look whether the service below crashed, was restarted or killed at this time."],
          depth,
        },
      ];
    case "biz-status":
      return [
        {
          text: `biz error: code=${fields.code}`,
          meaning:
            "A business status error: the handler of the service below answered with a code of its own. The call was answered; no stream was cancelled. It travels up without being wrapped.",
          depth,
        },
      ];
  }
}

type TtstreamFields = Extract<KitexError["fields"], { readonly dialect: "ttstream" }>;

function ttstreamParts(error: KitexError, fields: TtstreamFields, message: string, depth: number): Part[] {
  const { code, side } = fields;
  const { name, ...meaning } = meaningOfCode(code);
  const parts: Part[] = [{ text: `code=${code}`, ...meaning, meaning: `${name}. ${meaning.meaning}`, depth }];
  if (side === "client") {
    parts.push({
      text: "[client-side stream]",
      meaning: "Written at the caller's end: this service speaks about a stream that it opened to a service below.",
      depth,
    });
  }
  if (side === "server") {
    parts.push({
      text: "[server-side stream]",
      meaning:
        "Written at the callee's end: this service speaks about the stream its caller opened to it, so the news came from above.",
      depth,
    });
  }
  parts.push(pathPart(fields, depth));
  if (error.truncated || isCutSentence(code, message)) {
    parts.push({
      text: "(cut off)",
      meaning: "The text ends too early: a logger cut it. Names or the message may be missing.",
      depth,
    });
  }
  const sentence = factsOfCode(code)?.sentence;
  if (message !== "" && error.inner === null) {
    const standard = sentence !== undefined && (message.startsWith(sentence) || sentence.startsWith(message));
    const duration = /timeout in ctx: (\S+)/.exec(message)?.[1];
    const words = meaningsOfPlain(message);
    if (duration !== undefined) {
      parts.push({
        text: `timeout in ctx: ${duration}`,
        meaning: `When the stream was made, ${duration} were left of the deadline of the service where it ran out.`,
        depth,
      });
    } else if (words.length === 0) {
      parts.push({
        text: message,
        meaning: standard
          ? `The standard sentence of code ${code}; every service of the chain shows it unchanged.`
          : "The cause, in the words of the service that raised it. It travels down the chain unchanged.",
        depth,
      });
    }
    parts.push(...words.map((each) => ({ ...each, depth })));
  }
  if (error.inner !== null) {
    parts.push({
      text: "…",
      meaning:
        code === CODES.applicationException
          ? "Behind it stands the error of the service below:"
          : "Behind it stands the cause:",
      depth,
    });
  }
  return parts;
}

function pathPart({ code, side, path }: TtstreamFields, depth: number): Part {
  if (path !== null) {
    const text = `[canceled path: ${path.join(ARROW)}]`;
    const [first = "", second] = path;
    if (first === NON_TTSTREAM) {
      return {
        text,
        meaning: `The cancel came to ${second ?? "the next service"} over another protocol; who started it is not in this path.`,
        next: [`Look at the caller of ${second ?? "the next service"}, on its gRPC or HTTP side.`],
        depth,
      };
    }
    const next = [
      `Read the lines of ${shown(first)} of the same moment. If its own server side was cancelled, too, it only looks like the origin: a derived context, or a caller without a name, cuts the path.`,
    ];
    if (path.includes("")) next.push("An empty name is a service whose client has no name set (WithClientBasicInfo).");
    if (new Set(path).size < path.length)
      next.push("A name that stands twice is a loop of calls, or two clients with the same name.");
    return {
      text,
      meaning: `The services the cancel went through, the first one that set its name first: ${shown(first)} started it as far as the path knows, and ${shown(path.at(-1) ?? "")} is the direct caller. The service that wrote the line is never in its own path.`,
      next,
      depth,
    };
  }
  const text = "(no path)";
  if (side === "client" && code === CODES.applicationException) {
    return { text, meaning: "Errors that travel up have no path.", depth };
  }
  if (side === "client") {
    return {
      text,
      meaning:
        "An origin's own text has no path: this service ended the stream itself. A relay whose context was derived (WithCancel, WithTimeout, errgroup) looks exactly the same.",
      next: [
        "Look for a line of the same service with [server-side stream] at this time. If there is one, it was itself cancelled and is not the origin.",
      ],
      depth,
    };
  }
  if (side === "server") {
    return {
      text,
      meaning:
        "The caller has not set its name (WithClientBasicInfo), or this is the end of the service's own handler. The services below will wrongly see this service at the head of the path.",
      depth,
    };
  }
  return {
    text,
    meaning: "Neither side nor path: the service noticed it at its connection, not from a cancel of another service.",
    depth,
  };
}

/** The message without the error inside it and the prefixes before that. */
function ownMessage({ message, inner }: KitexError): string {
  if (inner === null) return message.trim();
  for (const marker of [
    "[ttstream error, code=",
    "rpc error: code = ",
    "connection error: desc = ",
    "biz error: code=",
  ]) {
    const at = message.indexOf(marker);
    if (at !== -1) return message.slice(0, at).trim();
  }
  return message.trim();
}

function summaryOf(error: KitexError): string {
  let innermost = error;
  let depth = 0;
  while (innermost.inner !== null) {
    innermost = innermost.inner;
    depth += 1;
  }
  const below =
    depth === 0 ? "" : ` The cause is ${depth === 1 ? "one error" : `${depth} errors`} deep: ${oneError(innermost)}`;
  return oneError(error) + below;
}

function oneError({ fields, message }: KitexError): string {
  if (fields.dialect === "grpc") return `a gRPC status, ${grpcCodeName(fields.code)}.`;
  if (fields.dialect === "grpc-conn") return "a broken gRPC connection.";
  if (fields.dialect === "biz-status") return `a business status error with code ${fields.code}; no cancel.`;
  const { code, side, path } = fields;
  const { name } = meaningOfCode(code);
  if (code === CODES.applicationException) return "the service below returned an error; no cancel.";
  if (side === "server" && path !== null && path[0] !== NON_TTSTREAM) {
    return `${name}: this service was cancelled from above; ${shown(path[0] ?? "")} started it, as far as the path knows.`;
  }
  if (side === "server") return `${name}: this service was cancelled from above; the text does not say by whom.`;
  if (side === "client" && path !== null) {
    return `${name}: this service passed a cancel on (or was reset from below by ${shown(path[0] ?? "")}); it did not start it.`;
  }
  if (side === "client" && /DisableCancelRemote:true/.test(message))
    return `${name}: this client waited too long and cancelled no stream.`;
  if (side === "client")
    return `${name}: this service ended the stream itself, unless its context was derived from a cancelled one.`;
  return `${name}: noticed at the connection; no service is named.`;
}

function shown(name: string): string {
  return name.trim() === "" ? "a service without a name" : name;
}
