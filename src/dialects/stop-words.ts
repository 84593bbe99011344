/** Words that say that somebody wanted the stop, whatever program writes them. */

const STOP_WORDS =
  /\b(?:user|operator|person|someone|human|caller|admin)\b.{0,20}\b(?:pressed|clicked|hit|requested|asked)\b.{0,20}\b(?:stop|cancel|abort)|\bstop (?:button|requested|pressed)\b|\b(?:stop|cancel|abort) requested\b/i;
/** The message that hands a wish on; a process that is told to end gets one as well, about no piece of work. */
const STOP_MESSAGE =
  /\b(?:stop|cancel|abort)(?: (?:signal|message|command|event))? (?:received|published|broadcast)\b|\b(?:received|published|got) (?:a |the )?(?:stop|cancel|abort) (?:signal|message|command|event|request)\b/i;

/** What is meant where somebody asked for the stop. */
export const STOP_INTENT = "stop";

/** True where words say that a stop button was pressed, or somebody asked for the stop; `ofWork` where they name what is to be stopped. */
export function saysStop(words: string, ofWork = false): boolean {
  return STOP_WORDS.test(words) || (ofWork && STOP_MESSAGE.test(words));
}
