/** Words that say that somebody wanted the stop, whatever program writes them. */

const STOP_WORDS =
  /\b(?:user|operator|person|someone|human|caller|admin)\b.{0,20}\b(?:pressed|clicked|hit|requested|asked)\b.{0,20}\b(?:stop|cancel|abort)|\bstop (?:button|requested|pressed)\b|\b(?:stop|cancel|abort) requested\b|\bstopped by (?:the |its |a )?(?:user|operator)\b/i;
/** The message that hands a wish on; a process that is told to end gets one as well, about no piece of work. */
const STOP_MESSAGE =
  /\b(?:stop|cancel|abort)(?: (?:signal|message|command|event))? (?:received|published|broadcast)\b|\b(?:received|published|got) (?:a |the )?(?:stop|cancel|abort)(?: (?:signal|message|frame|command|event|request))?\b|\b(?:stop|cancel|abort) frame\b|\b(?:user|operator) stopped\b|"(?:type|action|op|event|cmd|command)": ?"(?:stop|cancel|abort)"/i;

/** What is meant where somebody asked for the stop. */
export const STOP_INTENT = "stop";

/** True where words say that a stop button was pressed, or somebody asked for the stop; `ofWork` where they name what is to be stopped. */
export function saysStop(words: string, ofWork = false): boolean {
  return STOP_WORDS.test(words) || (ofWork && STOP_MESSAGE.test(words));
}

/** Words that say that a service needs no more of what it had asked for. */
const ENOUGH_WORDS = new RegExp(
  [
    "\\bstop (?:sequence|token|word|condition) (?:matched|hit|found|reached|seen|met)\\b",
    "(?<!\\bnot |n['’]t )\\benough (?:output|tokens|chunks|messages|results?|data|content|text|answers?|evidence)\\b(?! to\\b)",
    "\\bguard ?rails? (?:tripped|triggered|hit|fired|violated)\\b",
    "\\b(?:returning|stopping|exiting|finishing|ending) early\\b|\\bearly (?:return|exit|stop)\\b",
    "\\b(?:answer|match|result) found, (?:stopping|cancel+ing|closing)\\b",
    "\\bmax(?:imum)?[ _-]?(?:tokens|messages|chunks|output) reached\\b",
    "\\b(?:content|safety|moderation) (?:filter|policy|check) (?:triggered|tripped|violated|flagged)\\b",
    "\\b(?:answer|response|output|result|tool call|citation|keyword)s? (?:is |was )?(?:complete|found|detected|matched),? (?:stopping|cancel+ing|closing|dropping)\\b",
    "(?<!\\btime )\\bbudget (?:is |was )?(?:used up|spent|exhausted), (?:cancel+|stopp|clos|abort)ing\\b",
    "\\bfirst (?:answer|response|result|reply|one) wins\\b",
    "\\b(?:won|wins|was first|answered first|finished first)\\b[^.;]{0,40}\\b(?:cancel+ing|aborting|dropping|closing)\\b",
    "(?<!\\bnot |n['’]t |\\bnot long |n['’]t long )\\benough\\b(?! to\\b)[^.;]{0,40}, (?:cancel+ing|aborting|dropping|closing|stopping)\\b",
    "\\b(?:blocked|forbidden|unsafe) (?:content|term|word|topic|answer|output|text)\\b[^.;]{0,60}\\b(?:cancel+ing|aborting|dropping|closing|stopping)\\b",
    "\\b(?:output|token|message|chunk|turn|step|iteration) (?:limit|budget) (?:reached|used up|exhausted|spent)\\b",
  ].join("|"),
  "i",
);

/** What is meant where a service decided that it had enough. */
export const ENOUGH_INTENT = "enough";

/** True where words say that a service has all it needs, or that a rule of its own forbids more. */
export function saysEnough(words: string): boolean {
  return ENOUGH_WORDS.test(words);
}
