/** What stands around an error: Kitex's own log lines, wrapper prefixes, and texts of other stacks that carry no Kitex error. */
import type { Meaning } from "./part.ts";

const LINES: readonly (readonly [RegExp, Meaning])[] = [
  [
    /KITEX: processing ttstream request error/,
    {
      meaning:
        "Kitex's server wrote this line because a handler ended with an error. It repeats what the application may have logged itself.",
    },
  ],
  [
    /KITEX: processing gRPC request error/,
    {
      meaning:
        "Kitex's gRPC server wrote this line because a handler ended with an error. It repeats what the application may have logged itself.",
    },
  ],
  [
    /KITEX: stream closed by ctx canceled, err: /,
    {
      meaning:
        "Kitex's gRPC client wrote this line because it reset a stream: this service sent a cancel downwards, its own or one that it passes on.",
    },
  ],
  [
    /KITEX: grpc server loopyWriter\.run returning/,
    {
      meaning:
        "A gRPC connection of this server ended. It comes whenever a caller's process ends, also after a normal end: no cancel by itself.",
    },
  ],
  [/KITEX: ttstream panic happened/, { meaning: "A panic inside Kitex. The stack follows." }],
  [
    /KITEX: stop server error|GracefulShutdown/,
    { meaning: "This server is being stopped. If streams end at this moment, this is why." },
  ],
  [/KITEX: auto retry/, { meaning: "The call is tried again after an error while it was being made." }],
  [
    /(?:^|\s)(?:clientT|t)ransport\[[^\]]*\] loop read err: /,
    { meaning: "A connection could not be read any more; its streams end." },
  ],
  [
    /remoteAddr(?:ess)?=\S+/,
    {
      meaning:
        "The network address of the other end: the same address in another service's log is the same connection.",
    },
  ],
];

const WRAPPERS: readonly (readonly [RegExp, Meaning])[] = [
  [
    /^biz error$/,
    {
      meaning:
        "A handler returned the error behind it, and it was no business status error. Kitex puts these words in front of every such error.",
    },
  ],
  [/^panic$/, { meaning: "The handler panicked; what follows is what it panicked with." }],
  [
    /^remote or network error(\[.*\])?$/,
    {
      meaning:
        "The stream could not be made: no connection, or the other side refused. Said only when a stream is opened, never later.",
    },
  ],
  [/^get connection error$/, { meaning: "No connection to the service below could be had." }],
  [/^internal exception$/, { meaning: "Kitex was used in a way it does not allow, or found no address." }],
  [/^rpc timeout$/, { meaning: "The stream was made with a context that had already ended." }],
  [/^(canceled|timeout) by business$/, { meaning: "A unary call was cancelled or timed out by the application." }],
  [
    /^(service discovery error|loadbalance error|request over limit|request forbidden|forbidden by circuitbreaker|retry error)/,
    { meaning: "The call was stopped while it was being made, before any stream existed." },
  ],
];

const PLAIN: readonly (readonly [RegExp, Meaning])[] = [
  [
    /context canceled/i,
    {
      meaning: "Go's plain word for a cancelled context. It names no service.",
      next: [
        "Ask where the context comes from: in a handler it is the caller's; then read the caller's lines of the same moment.",
      ],
    },
  ],
  [
    /context deadline exceeded/i,
    {
      meaning: "Go's plain word for a deadline that ran out. It does not say whose.",
      next: ["The owner is the service furthest up with this text."],
    },
  ],
  [/EOF peer close/, { meaning: "The other end closed the connection or died." }],
  [
    /happened in biz handler, method=/,
    { meaning: "A handler panicked at the server; the stack is in the server's log." },
  ],
  [
    /DisableCancelRemote:true/,
    {
      meaning: "This timeout cancels no stream: the stream lives on and may be read again.",
      next: ["If the stream is dropped afterwards, a later 12007 is the real end."],
    },
  ],
  [/\b499\b/, { meaning: "499 in an access log: the client closed the request before the answer was there." }],
];

/** Everything that is known about the words before an error. */
export function meaningsOfWords(text: string): readonly (Meaning & { readonly text: string })[] {
  return LINES.flatMap(([pattern, meaning]) => {
    const match = pattern.exec(text);
    return match === null ? [] : [{ text: match[0].trim(), ...meaning }];
  });
}

/** The meaning of one wrapper prefix; null where it is not one of Kitex's (the application's own words, then). */
export function meaningOfWrapper(prefix: string): Meaning | null {
  return WRAPPERS.find(([pattern]) => pattern.test(prefix))?.[1] ?? null;
}

/** What is known about a text that carries no Kitex error, or about the message of one. */
export function meaningsOfPlain(text: string): readonly (Meaning & { readonly text: string })[] {
  return PLAIN.flatMap(([pattern, meaning]) => {
    const match = pattern.exec(text);
    return match === null ? [] : [{ text: match[0], ...meaning }];
  });
}
