/** What the calls of a request end with, by who ended it. */
import type { Kind } from "../model/index.ts";
import { cutReason, reasonText } from "../runtime/bridge/index.ts";
import { CODES, EDGE_CLOSING, EDGE_SENTENCES, type EdgeSentence } from "../ttstream/index.ts";
import type { Ending } from "./ending.ts";

/** An ending in the words of a cancel. */
export interface EndingWords {
  readonly code: number;
  readonly text: string;
  readonly kind: Kind;
  readonly intent: string | null;
  /** True where the client did it: it is outside. */
  readonly byClient: boolean;
}

/** The words of an ending, at the service of this name. */
export function wordsOf({ by, error }: Ending, service: string): EndingWords {
  switch (by) {
    case "client-left":
      return byClient(EDGE_SENTENCES.left);
    case "upload-aborted":
      return byClient(EDGE_SENTENCES.uploadAborted);
    case "client-broke":
      return byClient(EDGE_SENTENCES.broke);
    case "timed-out": {
      const text = "the HTTP server's own timeout ended the request";
      return { code: CODES.streamTimeout, text, kind: "deadline", intent: "deadline", byClient: false };
    }
    case "destroyed": {
      const why = error == null ? "" : `: ${reasonText(error)}`;
      const text = cutReason(`${service} destroyed its HTTP response${why}`);
      return { code: CODES.cancelWithCause, text, kind: "cancel", intent: null, byClient: false };
    }
    case "closing": {
      const text = `canceled by upstream: ${service} ${EDGE_CLOSING}`;
      return { code: CODES.upstreamCancel, text, kind: "shutdown", intent: "shutdown", byClient: false };
    }
  }
}

function byClient({ sentence, kind, intent }: EdgeSentence): EndingWords {
  return { code: CODES.connectionClosed, text: sentence, kind, intent, byClient: true };
}
