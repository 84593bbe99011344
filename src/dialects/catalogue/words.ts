/**
 * What is left: the words that people write into their own logs. They stand last, and a claim that rests on them alone is marked as such.
 */
import type { Entry } from "./entry.ts";

const CALLERS = "client|caller|browser|user|downstream|consumer|subscriber|frontend|peer|remote";
const CALLEES = "upstream|server|backend|provider|model|worker|origin server|callee";
const GONE =
  "(?:has |was |had |is |been |already |unexpectedly |prematurely |suddenly )*(?:clos(?:ed|ing)|left(?! (?:a|an|the|some|\\d))|gone|abort(?:ed|s)?|cancel+(?:ed|s)|disconnect(?:ed|s|ion)?|dropped|hung up|went away|reset|terminated|lost|navigated away)";
const THINGS =
  "request|stream|call|context|ctx|generation|completion|operation|task|query|response|connection|rpc|session|turn|job|inference|upload|download|transfer|run|tool";
/** What is cancelled, and is told of in that way only. */
const WORK = `${THINGS}|coroutine|generate|decode|decoding|sampling|prediction|prompt|reply|answer|chat|ask`;
/** A count of such ends is none. */
const ENDED = "(?:cancel+ed|aborted|interrupted|terminated early|cut off)(?![\"']?[=:]\\s*\\d)";

/** Words without which nobody is said to have gone. */
const LEAVING: readonly string[] = [
  "clos",
  "left",
  "gone",
  "abort",
  "cancel",
  "disconnect",
  "dropped",
  "hung up",
  "went away",
  "reset",
  "terminated",
  "lost",
  "interrupted",
  "cut off",
];

export const WORDS: readonly Entry[] = [
  {
    id: "words-caller-left",
    product: "any",
    stems: [...LEAVING, "navigated away", "going away"],
    pattern: new RegExp(
      `\\b(?:${CALLERS})s?(?:'s)?\\b(?: (?:socket|connection|side|tab|request|app))?[^.;,:|=]{0,24}?\\b${GONE}\\b|\\b(?:${ENDED}|clos(?:ed|ing)|disconnected|dropped|reset|hung up) by (?:the |its |a |our )?(?:remote )?(?:${CALLERS})\\b|\\bgoing away\\b|\\b(?:response|reply) (?:stream |socket |was |is |had been )*closed (?:before (?:it )?(?:was )?(?:finish|end|complet|done)\\w*|early|prematurely)\\b|\\bres(?:ponse)?,? closed? before (?:finish|end)\\b`,
      "i",
    ),
    says: "caller",
    kind: "disconnect",
    side: "server",
    meaning: "The program's own words: whoever called it went away.",
    caution: "A server that closed the response itself often writes the same a millisecond later.",
    samples: [
      "client closed the connection",
      "client cancelled the stream after 20 tokens",
      "request aborted by the client",
      "browser disconnected",
      "call cancelled by client",
      "response closed before finish, aborting upstream",
      "response closed prematurely",
      "res close before finish",
    ],
    others: ["client connected", "user left a comment on the post"],
  },
  {
    id: "words-callee-left",
    product: "any",
    stems: LEAVING,
    pattern: new RegExp(
      `\\b(?:${CALLEES})s?(?:'s)?\\b(?: (?:socket|connection|side|stream|request))?[^.;,:|=]{0,24}?\\b${GONE}\\b|\\b(?:${ENDED}|closed|disconnected|dropped|reset|hung up) by (?:the |its |a |our )?(?:${CALLEES})\\b`,
      "i",
    ),
    says: "callee",
    kind: "disconnect",
    side: "client",
    meaning: "The program's own words: the service it called went away.",
    caution: "Guesses of this kind are often wrong: a client that left is reported as a lost upstream, too.",
    samples: ["upstream closed the stream", "model connection lost", "stream closed by the server"],
    others: ["server started, model loaded"],
  },
  {
    id: "words-timer",
    product: "any",
    stems: [
      "timed out",
      "timed-out",
      "time out",
      "timeout",
      "time-out",
      "deadline",
      "time limit",
      "budget",
      "giving up",
      "gave up",
      "too long",
      "longer than",
      "no answer",
      "no response",
      "no reply",
      "no data",
      "too slow",
      "no token",
      "no chunk",
      "no byte",
    ],
    pattern:
      /^(?![\s\S]*\bstill waiting\b)[\s\S]*?(?:\btimed[ -]out\b|\btime[- ]?out (?:after|exceeded|reached|expired|fired|hit|waiting|while)\b|\b(?:deadline|time limit|budget|timeout)(?: of \S+)? (?:was |has |is )?(?:exceeded|expired|reached|passed|hit|over|ran out|elapsed)\b|\b(?:giving|gave) up (?:after|on)\b|\bno (?:answer|response|reply|data|token|chunk|bytes?)s? (?:within|for|in|after) [\d.]+ ?(?:ms|s\b|sec|m\b|min)|\bexceeded (?:the |its |our )?(?:\S+ )?(?:timeout|deadline|time limit)\b|\b(?:took|ran|running|waited) (?:too long|(?:for )?longer than)\b|\b(?:hit|reached|exceeded|over|past) (?:the |its |our |my )?[\d.]+ ?(?:ms|s|sec|seconds?) (?:budget|limit|timeout|deadline)\b|\btimeout: no\b|\btoo slow\b[^;]{0,40}?\b(?:budget|limit|deadline|timeout) (?:of )?[\d.]+ ?(?:ms|s|sec|seconds?)\b|\btime budget (?:was |is )?(?:spent|used up|exhausted)\b|\bbudget of [\d.]+ ?(?:ms|s|sec|seconds?|m|min|minutes?)\b (?:was |is |has been )?(?:spent|used up|exhausted)\b|\berr(?:or)?(?:\.\w+)?=(?:[A-Z]\w+: )?(?:(?:socket|stream|http|connection) )?(?:read|write|response|idle|inactivity|request|body|headers?)(?: idle)? time-?out(?=$|["\s,)])(?! (?:is|of|set|to|=))|\bidle[- ]timeout,? (?:closing|aborting|cancel+ing) (?:the )?(?:stream|request|call|response)\b)/i,
    says: "timer",
    kind: "deadline",
    meaning: "The program's own words: a timer ran out.",
    caution: "The words may repeat what the service below answered.",
    samples: [
      "model timed out",
      "giving up after 30s",
      "no token within 15 s",
      "deadline of 30s exceeded",
      "time budget spent, stopping",
      "idle timeout, closing stream",
      "llm budget of 600ms exhausted",
      "hit the 600ms budget of the model call",
      "model failed error=read timeout",
      "try 1 failed err.message=socket idle timeout",
      "model too slow: first token budget 600ms",
      "Rack::Timeout::RequestTimeoutException: Request ran for longer than 15000ms",
    ],
    others: [
      "timeout=30s",
      "no token for 100s, still waiting",
      "retry budget exhausted",
      "error=read timeout is unset",
      "too slow for the limit",
    ],
  },
  {
    id: "words-own-act",
    product: "any",
    stems: ["cancel", "abort", "stopping", "closing", "interrupting", "killing", "dropping", "abandoning"],
    pattern: new RegExp(
      `\\b(?:cancel+ing|aborting|stopping|closing|interrupting|killing) (?:the |its |all |our |this |that )?(?:other |remaining |running |upstream |pending |outstanding )*(?:others|${THINGS}|upstream)s?\\b|\\b(?:cancel+ing|aborting|stopping|closing|interrupting|killing|dropping|abandoning) (?:the |its )?(?:model|llm|agent|backend|source|decoder|provider|inference|generator)(?:'s)? (?:stream|call|request|response|generation|completion|inference|query|rpc)s?\\b|\\b(?:cancel+ing|aborting|resetting) (?:the )?(?:model|llm|agent|backend|provider|upstream|inference)(?=$|[.,;:)]| \\w+=)|\\b(?:we|i) (?:cancel+ed|aborted) `,
      "i",
    ),
    says: "act",
    kind: "cancel",
    meaning: "The program's own words: it ended its work for others itself.",
    caution: "Often because its own caller had left: look for that a moment before.",
    samples: [
      "offer list failed, cancelling the others",
      "closing the stream",
      "aborting upstream request",
      "closing model stream",
      "enough said, aborting agent",
    ],
    others: ["closing time is eight", "aborting is not supported"],
  },
  {
    id: "words-handler-cancelled",
    product: "any",
    stems: ["handler was cancel", "handler cancel", "handler aborted"],
    pattern: /\bhandler (?:was )?(?:cancel+ed|aborted)\b/i,
    says: "word",
    kind: "cancel",
    side: "server",
    meaning: "The program's own words: the handler of a request was cancelled, as servers do when their client leaves.",
    caution: "A limit of the server's own cancels it, too.",
    samples: ["handler cancelled", "request handler was cancelled"],
    others: ["handler registered"],
  },
  {
    id: "words-cancelled",
    product: "any",
    stems: ["cancel", "aborted", "interrupted", "terminated early", "cut off"],
    pattern: new RegExp(
      `\\b(?:${WORK})s?\\b[^.;|]{0,24}?\\b${ENDED}\\b|\\b${ENDED}[:,]? (?:the |a |its )?(?:\\w+ )?(?:${WORK})\\b`,
      "i",
    ),
    says: "word",
    kind: "cancel",
    meaning: "The program's own words: a piece of work was cancelled.",
    caution: "By whom is not said.",
    samples: [
      "generation aborted",
      "stream cancelled after 21 tokens",
      "cancelled the request",
      "decoding interrupted",
    ],
    others: ["order 7 cancelled", "request completed"],
  },
];
