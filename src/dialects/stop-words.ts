/** Words that say that somebody wanted the stop, whatever program writes them. */

const STOP_WORDS =
  /\b(?:user|operator|person|someone|human|caller|admin)\b.{0,20}\b(?:pressed|clicked|hit|requested|asked)\b.{0,20}\b(?:stop|cancel|abort)|\bstop (?:button|requested|pressed)\b|\b(?:stop|cancel|abort) requested\b/i;

/** What is meant where somebody asked for the stop. */
export const STOP_INTENT = "stop";

/** True where words say that a stop button was pressed, or somebody asked for the stop. */
export function saysStop(words: string): boolean {
  return STOP_WORDS.test(words);
}
