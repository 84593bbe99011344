/**
 * What a service does with one call. It comes from the flags of `serve`; a request may override it: words of its message of the form
 * `ServiceB:key=value` are for ServiceB only.
 */
import { readCount, readMillis, readTruth, UsageError } from "./flags.ts";

/** How a handler derives the signal of its own calls. */
export type Derive = "none" | "any" | "controller" | "cause" | "timeout" | "later";

/** The words for {@link Derive}: JavaScript's, and the nearest to Go's. */
const DERIVES: Readonly<Record<string, Derive>> = {
  none: "none",
  any: "any",
  controller: "controller",
  timeout: "timeout",
  later: "later",
  value: "none",
  cancel: "controller",
  cause: "cause",
};

/** What a service does. */
export interface Behaviour {
  readonly derive: Derive;
  /** For derive=timeout; 0 means one that does not fire. */
  readonly deriveTimeoutMs: number;
  /** Neither receives nor sends while it waits for the end. */
  readonly idle: boolean;
  /** Of the downstream stream; 0 for none. */
  readonly recvTimeoutMs: number;
  readonly recvKeep: boolean;
  /** Ends after that many responses, 0 for never: with nothing, with a business error, a plain error, a panic. */
  readonly returnAfter: number;
  readonly bizAfter: number;
  readonly errAfter: number;
  readonly panicAfter: number;
  /** Before the first response. */
  readonly sleepMs: number;
  /** Fan-out: waits for every downstream before it returns. */
  readonly wait: boolean;
}

/** A service of no special behaviour. */
export const PLAIN: Behaviour = {
  derive: "none",
  deriveTimeoutMs: 0,
  idle: false,
  recvTimeoutMs: 0,
  recvKeep: false,
  returnAfter: 0,
  bizAfter: 0,
  errAfter: 0,
  panicAfter: 0,
  sleepMs: 0,
  wait: false,
};

type Reader = (word: string) => Partial<Behaviour>;

const READERS: Readonly<Record<string, Reader>> = {
  derive(word) {
    const derive = DERIVES[word];
    if (derive === undefined) throw new UsageError(`"${word}" is none of ${Object.keys(DERIVES).join(", ")}`);
    return { derive };
  },
  "derive-timeout": (word) => ({ deriveTimeoutMs: readMillis(word) }),
  idle: (word) => ({ idle: readTruth(word) }),
  "recv-timeout": (word) => ({ recvTimeoutMs: readMillis(word) }),
  "recv-keep": (word) => ({ recvKeep: readTruth(word) }),
  "return-after": (word) => ({ returnAfter: readCount(word) }),
  "biz-after": (word) => ({ bizAfter: readCount(word) }),
  "err-after": (word) => ({ errAfter: readCount(word) }),
  "panic-after": (word) => ({ panicAfter: readCount(word) }),
  sleep: (word) => ({ sleepMs: readMillis(word) }),
  wait: (word) => ({ wait: readTruth(word) }),
};

/** A behaviour with one key set. Throws {@link UsageError} for a key or a word it does not know. */
export function withKey(behaviour: Behaviour, key: string, word: string): Behaviour {
  const read = READERS[key];
  if (read === undefined) throw new UsageError(`unknown key ${key}`);
  return { ...behaviour, ...read(word) };
}

/** A behaviour with the words of a message that are for the named service; words that make no sense are only words. */
export function forService(behaviour: Behaviour, service: string, message: string): Behaviour {
  let result = behaviour;
  if (!message.includes(`${service}:`)) return result;
  for (const word of message.split(/\s+/)) {
    if (!word.startsWith(`${service}:`)) continue;
    const rest = word.slice(service.length + 1);
    const equals = rest.indexOf("=");
    if (equals === -1) continue;
    try {
      result = withKey(result, rest.slice(0, equals), rest.slice(equals + 1));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
    }
  }
  return result;
}
