/** Where an error came from: its words are often the same at both ends of a call, and the frames of its stack are not. */
import type { Says } from "../catalogue/index.ts";

/** Connect reads a status out of the end of an answer; what its own timer or abort ends has other frames. */
const ANSWER_FRAMES = /\b(?:errorFromJson|errorFromJsonBytes|endStreamFromJson|findTrailerError|validateTrailer)\b/;
/** It also says so itself of an error that came over the wire. */
const ANSWER_WORDS = /\bisWireError=true\b/;
/** Connect's server aborts the signal that it gave to a handler. */
const HANDLER_SIGNAL_FRAMES = /\bonH1Close\b|\bnode-universal-handler\b/;
const TIMER_FRAMES = /\bat (?:Timeout\.|listOnTimeout\b)/;

/** What a library writes of its own end of a call, and of the end that an answer tells of. */
const OWN_ENDS: ReadonlySet<Says> = new Set(["timer", "act", "reset"]);

/** What a text says, once its frames are looked at: an end of one's own, one that came as an answer, or the caller's leaving. */
export function saysByFrames(says: Says, words: string, frames: string): Says {
  if (OWN_ENDS.has(says) && (ANSWER_FRAMES.test(frames) || ANSWER_WORDS.test(words))) return "answer";
  return says === "act" && HANDLER_SIGNAL_FRAMES.test(frames) ? "caller" : says;
}

/** True where frames show that a timer of the writing process made the error. */
export function isOwnTimer(frames: string): boolean {
  return TIMER_FRAMES.test(frames);
}
