/** What the texts of Kitex's gRPC mean. Source: docs/protocol.md#grpc-texts. */
import type { readGrpcTail } from "../dialects/index.ts";
import type { Meaning } from "./part.ts";

type GrpcTail = ReturnType<typeof readGrpcTail>;

const CODES: Readonly<Record<number, string>> = {
  1: "the call was cancelled",
  2: "an error without a code",
  4: "the deadline ran out",
  5: "something was not found",
  7: "it was not allowed",
  8: "something was used up",
  12: "the method or service is not there",
  13: "an internal error; Kitex also packs errors of other kinds into this code",
  14: "the service could not be reached or was shutting down",
  17: "the receive timeout of a Kitex client (an extension of Kitex, not a code of gRPC)",
};

/** The meaning of a gRPC status code. */
export function meaningOfStatus(code: number, name: string): Meaning {
  return { meaning: `A gRPC status, ${name}: ${CODES[code] ?? "see the list of gRPC codes"}.` };
}

const MESSAGES: readonly (readonly [RegExp, Meaning])[] = [
  [
    /^context canceled$/,
    {
      meaning:
        "The context of the caller was cancelled in this process: by its own code, or because its handler's context ended and a derived context forgot why.",
      next: [
        "Look whether the same service was itself cancelled at this time: a line with [triggered by …] or code 12007 on its server side. If so, it only looks like the origin.",
      ],
    },
  ],
  [
    /^context deadline exceeded$/,
    {
      meaning:
        "A deadline ran out. gRPC sends the deadline on, so every service of the chain has its own timer, and all of them may say this within a millisecond.",
      next: ["The owner of the deadline is the service furthest up that says it; those below only inherited it."],
    },
  ],
  [
    /^stream Recv timeout/,
    {
      meaning: "The receive timeout of this client. The service below only sees a plain CANCEL.",
      next: ["Look at the service below: was it slow or stuck?"],
    },
  ],
  [
    /^transport: RSTStream Frame received with error code: CANCEL/,
    {
      meaning:
        "The caller reset the stream: the cancel came from above. gRPC names only the direct caller and never a reason.",
      next: ["Go up one service, to the one that is named, and read its lines of the same moment."],
    },
  ],
  [
    /^transport: connection EOF/,
    {
      meaning: "The connection to the caller went away.",
      next: ["Look whether the caller ended normally (then this is no cancel), crashed or was killed at this time."],
    },
  ],
  [
    /^transport: canceled by business handler returning/,
    {
      meaning: "The handler returned while this stream was still open.",
      next: ["Look at the error the handler of this service returned, just before."],
    },
  ],
  [
    /^graceful shutdown/,
    {
      meaning:
        "The server was being shut down; it ends its streams with this text, which goes down the chain without any name.",
      next: ["Look which service was being restarted or scaled down."],
    },
  ],
  [
    /^the connection is draining|rejected because server is draining/,
    { meaning: "The server is going away and takes no new streams on this connection." },
  ],
  [/^stream terminated by RST_STREAM with error code: /, { meaning: "The server reset the stream." }],
  [/^the stream is done/, { meaning: "Send after the other side had ended normally. A consequence, not a cause." }],
  [
    /^unknown (method|service) /,
    {
      meaning:
        "The other side does not know the method or service. The code in front of it is an internal number of Kitex: here 1 does not mean cancelled.",
    },
  ],
  [
    /^Unexpected error from context packet:/,
    {
      meaning:
        "The stream's context ended with an error gRPC does not know: the call came in over ttstream, and what follows is that side's own error, with its code and path.",
    },
  ],
  [/^transport: /, { meaning: "A problem of the connection or of HTTP/2, in the words of the transport." }],
];

/** The meaning of a gRPC status message; null where nothing is known about it. */
export function meaningOfGrpcMessage(message: string): Meaning | null {
  return MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ?? null;
}

/** What stands around a gRPC message: who triggered it, how many handlers passed it up. */
export function meaningsOfTail(tail: GrpcTail): readonly (Meaning & { readonly text: string })[] {
  const found: (Meaning & { readonly text: string })[] = [];
  if (tail.triggeredBy !== null) {
    found.push({ text: `[triggered by ${tail.triggeredBy}]`, ...meaningOfTrigger(tail.triggeredBy) });
  }
  if (tail.returned > 0) {
    const hops =
      tail.returned === 1
        ? "The handler of the service below returned it"
        : `The handlers of ${tail.returned} services returned it, one after the other`;
    found.push({
      text: " [biz error]".repeat(tail.returned).trim(),
      meaning: `${hops}: the error comes from below, and it is older than it looks here.`,
    });
  }
  if (tail.rstCode !== null) {
    const codes: Readonly<Record<number, string>> = { 8: "CANCEL", 1000: "Kitex's own number for a graceful shutdown" };
    found.push({
      text: `rstCode: ${tail.rstCode}`,
      meaning: `This client reset the stream; ${tail.rstCode} is ${codes[tail.rstCode] ?? "the HTTP/2 code"}.`,
    });
  }
  return found;
}

function meaningOfTrigger(name: string): Meaning {
  if (name === "") {
    return {
      meaning:
        "The place where the caller's name would stand; the caller does not send it (it has no HTTP2 meta handler).",
      next: ["Find the caller by trace id, by time, or by its address."],
    };
  }
  if (name === "remote service") return { meaning: "The other end of the connection, without a name." };
  if (name === "handler side") return { meaning: "The code of the handler in this process." };
  return {
    meaning: `The direct caller, ${name}, is where the cancel came from. It need not be the origin: it may have passed it on.`,
    next: [`Read the lines of ${name} of the same moment.`],
  };
}
