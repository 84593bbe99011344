/**
 * What each code of a ttstream error means for the reader, and where to look.
 * Source: docs/protocol.md#code-table and what is linked from there.
 */
import { CODES, factsOfCode } from "../ttstream/index.ts";
import type { Meaning } from "./part.ts";

const MEANINGS: Readonly<Record<number, Meaning>> = {
  [CODES.applicationException]: {
    meaning:
      "The service below answered with an error (an exception in its trailer). This stream was not cancelled; it failed. The text behind it is the error of the service below, and it nests once for each hop that passed it on.",
    next: ["The innermost error is the cause; the number of errors around it is the number of hops."],
  },
  [CODES.unexpectedHeader]: {
    meaning:
      "The client read a second header frame for one stream and closed the whole connection. All other streams on it end, too. Known to happen when a call is given up before its first answer: Kitex's server still answers the reset.",
    next: [
      "The number in stream[N] is the guilty stream, not this one: look for a cancel or a timeout of a call on the same connection in the milliseconds before.",
      "The servers at the other end say 12013 at the same moment.",
    ],
  },
  [CODES.illegalBizError]: {
    meaning: "The extra field of a business status error could not be read. The call failed; no stream was cancelled.",
  },
  [CODES.illegalFrame]: {
    meaning:
      "The connection was lost, or something that is no frame was read. At a client, with the words EOF peer close: the process of the service below died or closed the connection.",
    next: [
      "Look whether the service below crashed, was restarted or killed at this time.",
      "If several clients say it at once, and other services say 12013, the process between them is the origin.",
    ],
  },
  [CODES.illegalOperation]: {
    meaning:
      "The stream was used after its end, for example Send after the other side had returned. A consequence, not a cause.",
    next: ["Look for an earlier line about the same stream, or a normal end (EOF) just before."],
  },
  [CODES.transport]: {
    meaning: "A write failed or the connection was being closed. Whoever shared the connection was cut off.",
    next: ["Look at the process at the other end at this time."],
  },
  [CODES.cancel]: {
    meaning:
      "An active cancel: code called cancel() on the context of the stream, or dropped it (a browser that went away counts, too).",
  },
  [CODES.cancelWithCause]: {
    meaning:
      "A cancel with a reason of its own. Kitex never sends this code (its cancelCause shows as 12007 and the cause is lost); another implementation did, and the message is its reason.",
  },
  [CODES.downstreamCancel]: {
    meaning:
      "The service below reset the stream by a rule of its own, such as a shutdown or a limit. Kitex always overwrites this code; another implementation sent it, and the message says why.",
  },
  [CODES.upstreamCancel]: {
    meaning:
      "The caller reset the stream by a rule of its own, such as a limit. Kitex always overwrites this code; another implementation sent it, and the message says why.",
  },
  [CODES.internalCancel]: {
    meaning:
      "The context of the stream ended with an error that ttstream does not know: the call came in over another protocol (gRPC, or a context of one's own), and the cancel came from there.",
    next: [
      'Look at the caller of the service named after "non-ttstream path", on its gRPC or HTTP side. The text behind the code is that side\'s own error.',
    ],
  },
  [CODES.handlerReturn]: {
    meaning:
      "A handler returned while streams it had opened, or was still receiving on, were alive; Kitex then cancels them. The reason why it returned is not in this text.",
    next: [
      "Look at the service that is first in the path: which error did its handler return, just before?",
      "Without a pending Recv the news may come up to 5 s after the return.",
    ],
  },
  [CODES.connectionClosed]: {
    meaning:
      "A server lost the connection to its caller and cancelled everything that ran for it. The services below cannot know why the caller went away.",
    next: [
      "Look whether the caller crashed, was killed or lost its network at this time; its own name is not in this text.",
    ],
  },
  [CODES.receiveTimeout]: {
    meaning:
      "The receive timeout of a client: nothing came for as long as the text says. Below the service where it fired every service sees it as a cancel.",
    next: ["Look at the services below: which of them was slow or stuck when the time ran out?"],
  },
  [CODES.streamTimeout]: {
    meaning:
      "The deadline of the whole stream ran out. Below the service where it fired every service sees it as a cancel.",
    next: [
      "The duration is what was left when the stream was made, to the nanosecond: the same number in other logs is the same cancel.",
    ],
  },
  [CODES.resetWithoutPayload]: {
    meaning: "A reset without a reason was read: a proxy or another implementation ended the stream.",
    next: ["Kitex always sends a reason: look at the proxies between the two services."],
  },
};

/** The meaning of a ttstream code. */
export function meaningOfCode(code: number): Meaning & { readonly name: string } {
  const known = MEANINGS[code];
  const name = factsOfCode(code)?.name ?? "not a code of Kitex";
  if (known !== undefined) return { name, ...known };
  return {
    name,
    meaning:
      "No code of Kitex: a proxy or another implementation reset the stream and chose the number and the message.",
    next: [
      "Look at the proxies between the services; the first name of the path, if there is one, is what it calls itself.",
    ],
  };
}
