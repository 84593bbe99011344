/** What the lines of access logs contain that may tell of the end of a stream: statuses, Envoy's flags, HAProxy's states. */
import { ENVOY_FLAGS, GOOGLE_DETAILS, HAPROXY_STATES, NO_ANSWER, STATUSES } from "../../catalogue/index.ts";

/** What stands before a status, in a line of any shape. */
const BEFORE_A_STATUS = [" ", ":", '"', "="];
/** No status at all is too short to be looked for alone: of a text only as it is written there, else by the name of its field. */
const NO_STATUS = ['" 000 ', '" 0 ', 'status":0', 'status": 0', "status=0", '_code":0', '_code": 0', 'statuscode":0'];

const AROUND_FLAGS: readonly (readonly [before: string, after: string])[] = [
  [" ", " "],
  [" ", ","],
  [",", " "],
  ['"', '"'],
  ['"', ","],
  [",", '"'],
  ["=", " "],
  ["=", ","],
];

/** HAProxy's phases; then what became of a cookie, which most configurations do not use. */
const PHASES = [..."rqchdlt"];
const COOKIES = ["ni ", "vn ", "nn ", "di ", "dn "];

function statesOf(who: string): string[] {
  return PHASES.flatMap((phase) => {
    const state = `${who}${phase}`;
    return [`${state}--`, ` ${state} `, `[${state}]`, `"${state}"`, ...COOKIES.map((cookie) => `${state}${cookie}`)];
  });
}

/** In small letters; an access line that ends a stream contains one of them, in any case. */
export const ACCESS_NEEDLES: readonly string[] = [
  ...STATUSES.filter(({ sign }) => sign.length > 1).flatMap(({ sign }) => BEFORE_A_STATUS.map((each) => each + sign)),
  ...NO_STATUS,
  ` ${NO_ANSWER.sign} ${NO_ANSWER.sign} ms`,
  ...ENVOY_FLAGS.flatMap(({ sign }) => AROUND_FLAGS.map(([before, after]) => before + sign + after)),
  ...GOOGLE_DETAILS.map(({ sign }) => sign),
  ...[...new Set(HAPROXY_STATES.map(({ sign }) => sign.toLowerCase()))].flatMap(statesOf),
].map((needle) => needle.toLowerCase());
