/** Hertz, the HTTP framework beside Kitex, and Eino, the framework of agents on top of both. */
import type { Entry } from "./entry.ts";

export const HERTZ: readonly Entry[] = [
  {
    id: "hertz-client-left",
    product: "Hertz",
    stems: [", remoteaddr="],
    pattern:
      /\bError=.*(?:broken pipe|connection reset|connection (?:has been )?closed|\bEOF\b|peer close).*, remoteAddr=/i,
    says: "caller",
    kind: "disconnect",
    side: "server",
    meaning: "The client of this Hertz server closed its connection before it had the whole answer.",
    caution: "Why it left, most often a timer of its own, stands in its own log.",
    samples: ["HERTZ: Error=write tcp 10.0.0.1:8888->10.0.0.9:4711: write: broken pipe, remoteAddr=10.0.0.9:4711"],
    others: ["HERTZ: Error=unexpected method, remoteAddr=10.0.0.9:4711"],
  },
  {
    id: "eino-cancelled",
    product: "Eino",
    stems: ["context has been canceled: "],
    pattern: /context has been canceled: context (?:canceled|deadline exceeded)/i,
    says: "word",
    kind: "cancel",
    meaning: "The context that a graph of Eino ran with ended before the graph did.",
    caution:
      "By the program itself, by a timer of it, or because its own caller left: the words behind the colon tell only whether a deadline ran out.",
    samples: ["[GraphRunError] context has been canceled: context canceled"],
    others: ["[NodeRunError] failed to read from stream. error: EOF"],
  },
  {
    id: "eino-max-steps",
    product: "Eino",
    stems: ["exceeds max steps", "exceeds max iterations"],
    pattern: /\bexceeds max (?:steps|iterations)\b/i,
    says: "limit",
    kind: "error",
    meaning: "A graph or an agent of Eino took more steps than it is allowed, and ended its run.",
    caution: "What it had called is cancelled with it.",
    samples: ["[GraphRunError] exceeds max steps"],
    others: ["max steps: 12"],
  },
  {
    id: "hertz-server-closed",
    product: "Hertz",
    stems: ["before returning the first response byte"],
    pattern: /server closed connection before returning the first response byte/i,
    says: "callee",
    kind: "disconnect",
    side: "client",
    meaning: "The service that was called closed the connection without an answer (Hertz, fasthttp).",
    caution: "",
    samples: ["the server closed connection before returning the first response byte"],
    others: ["the server returned the first response byte"],
  },
];
