/**
 * Prefixes of lines, as patterns. The named groups are what they tell: `time`, `part` and `labels` are read as such, any other is a field of
 * that name, whose role is told by its name as in any record (see `roles.ts`).
 *
 * A prefix that could as well be the application's own words is believed only where the application's line begins behind it as lines do.
 */
import { OWN_START } from "./log-line.ts";
import { MARGIN } from "./margin.ts";

/** One kind of prefix. */
export interface Prefix {
  /** What a line with it begins with, as a sample of it, see {@link Beginnings}. */
  readonly begins: RegExp;
  readonly pattern: RegExp;
  /** Signs of which every line with it has one, where there are such: a look for them costs less than the pattern. */
  readonly needs: string;
  /** What the group `part` holds where the line goes on in the next one. */
  readonly partial?: string;
}

const ISO = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d+)?(?:Z|[+-]\\d\\d(?::?\\d\\d)?)";
/** A time as loggers for people write it. */
const DAY_TIME = "\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?(?:Z| ?[+-]\\d\\d:?\\d\\d)?";
const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
/** Times that daemons write before their lines; the last has no zone of its own. */
const DAEMON_TIMES = [
  ISO,
  "(?:[A-Z][a-z]{2} )?\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)? [A-Z][A-Za-z]{2,4}",
  "\\d{10}\\.\\d{1,9}",
  `${MONTH} [ \\d]\\d (?:\\d{4} )?\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?`,
].join("|");
const LEVEL = "(?:trace|debug|info|notice|warn|warning|error|err|fatal|panic|critical|main|all|null)";
const OWN = `(?=${OWN_START}|\\[GIN\\])`;
/** The name of a pod that a deployment made. */
const DEPLOYED =
  "[A-Za-z0-9][\\w.-]*-(?=[a-z]*\\d)[a-z0-9]{8,10}-[a-z0-9]{5}|[A-Za-z0-9][\\w.-]*-[bcdf-hj-np-tv-xz2456789]{6,10}-[bcdf-hj-np-tv-xz2456789]{5}";
/** Any pod, any container. */
const NAME = "[A-Za-z0-9][\\w.-]*";
const LOG_FILE = "\\.(?:log|txt|out|err|jsonl?|ndjson|klog)(?:[._-][\\w.-]*?)??";
/** The number of a line or of a column, and no hour. */
const LINE = "(?!\\d\\d:\\d\\d:\\d\\d(?!:))\\d{1,9}";
const HOST = `(?!${LEVEL}\\b)[\\w.:-]+`;
/** A label without quotes. */
const PAIR = '[A-Za-z_][\\w./-]{0,128}=[^\\s,="]{0,256}';
/** Where syslog's messages come from and how bad they are, as daemons write it before or behind a time. */
const FACILITY =
  "(?:kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|local[0-7])\\.(?:emerg|panic|alert|crit|err|error|warning|warn|notice|info|debug)";
const UUID_OR_HASH = "[0-9a-f]{6,}(?:-[0-9a-f]{4}){0,3}(?:-[0-9a-f]{12})?";

function exactly(begins: RegExp, pattern: string, { needs = "", partial }: Partial<Prefix> = {}): Prefix {
  return { begins, needs, pattern: new RegExp(`^${pattern}`), ...(partial === undefined ? {} : { partial }) };
}

/** {@link ISO}, and another sign that may stand before. */
const ISO_DAY = /^0{4}-/;
const ISO_DAY_OR_BRACE = /^(?:0{4}-|\{)/;
const ISO_DAY_OR_SPACE = /^(?:0{4}-| )/;
/** {@link DAEMON_TIMES}. */
const DAEMON_TIME = /^(?:0{4}-|0{10}\.|[A-Z])/;
const LETTER = /^[A-Za-z]/;
const WORD = /^[\w./@~]/;
const BAR_SIGNS = "|│";

/** In the order in which they are tried. */
export const PREFIXES: readonly Prefix[] = [
  // Octets before a line of syslog over TCP
  exactly(/^0{1,7} /, "\\d{1,7} (?=<\\d{1,3}>)"),
  // syslog, RFC 5424: <34>1 2026-11-23T06:57:00.78Z host app 12 ID - the line
  exactly(
    /^</,
    '<\\d{1,3}>1 (?<time>\\S+) (?<hostname>\\S+) (?<program>\\S+) (?<procid>\\S+) (?<msgid>\\S+) (?:-|(?:\\[(?:[^\\]"\\\\]|\\\\.|"(?:[^"\\\\]|\\\\.)*")*\\])+) ?\\ufeff?',
  ),
  exactly(/^</, `<\\d{1,3}>(?=${MONTH} |${ISO})`),
  exactly(LETTER, `${FACILITY}:? (?=${MONTH} |${ISO})`, { needs: "." }),
  // OpenWrt and BusyBox: Mon Nov 23 06:57:02 2026 daemon.err app[12]: the line; Nov 23 06:57:02 host user.err app[12]:
  exactly(
    LETTER,
    `(?<time>(?:[A-Z][a-z]{2} )?${MONTH} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d(?: \\d{4})?) (?:(?<hostname>${HOST}) )?${FACILITY} (?<program>[^\\s:\\[]{1,128})(?:\\[\\d+\\])?: `,
  ),
  // macOS: TIME THREAD TYPE ACTIVITY PID TTL app: the line; Android: 11-23 06:57:02.123  1234  1250 E app: the line
  exactly(
    ISO_DAY,
    "(?<time>\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6}[+-]\\d{4}) +0x[0-9a-f]+ +(?:Default|Info|Debug|Error|Fault|Activity) +0x[0-9a-f]+ +\\d+ +\\d+ +(?<program>[\\w./-]{1,128}): (?:\\([^)\\n]{1,64}\\) )?",
  ),
  exactly(
    /^00-/,
    `(?<time>\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3,6}) +\\d+ +\\d+ [VDIWEF] (?<program>[^\\s:]{1,64}) *: ${OWN}`,
  ),
  // The kubelet: 2026-11-23T06:57:00.783910123Z stdout F the line
  exactly(ISO_DAY, `(?<time>${ISO}) (?<stream>stdout|stderr) (?<part>[FP])[^ ]* ?`, { partial: "P" }),
  // logcli: 2026-11-23T06:57:00Z {app="chat", pod="…"} the line
  exactly(
    ISO_DAY_OR_BRACE,
    `(?:(?<time>${ISO})\\s+)?(?<labels>\\{\\w+="(?:[^"\\\\]|\\\\.)*"(?:,\\s*\\w+="(?:[^"\\\\]|\\\\.)*")*\\})\\s+`,
    { needs: "{" },
  ),
  // Grafana's download: TIME<TAB>{"app":"chat"}<TAB>the line
  exactly(ISO_DAY, `(?<time>${ISO})\\t(?<labels>\\{"[^\\t\\n]*\\})\\t`, { needs: "\t" }),
  // GitHub's jobs: JOB<TAB>STEP<TAB>TIME the line
  exactly(WORD, `[\\w./ ()-]{1,128}\\t[^\\t\\n]{1,128}\\t\\ufeff?(?<time>${ISO}) `, { needs: "\t" }),
  // Rows without a heading: TIME<TAB>name<TAB>the line, and with other signs between; Papertrail's archives
  exactly(
    /^0{5,}/,
    `\\d{5,20}\\t(?<time>${ISO})\\t${ISO}\\t\\d+\\t(?<hostname>[^\\t\\n]+)\\t[^\\t\\n]*\\t[A-Z]\\w+\\t[A-Z]\\w+\\t(?<program>[^\\t\\n]+)\\t`,
  ),
  exactly(ISO_DAY, `(?<time>${DAY_TIME})\\t(?<container>(?!${LEVEL}\\b)${NAME})\\t${OWN}`, { needs: "\t" }),
  exactly(ISO_DAY, `(?<time>${DAY_TIME})\\|(?<container>(?!${LEVEL}\\b)${NAME})\\|${OWN}`, { needs: BAR_SIGNS }),
  // Fluentd's files and its stdout, a tag before the record
  exactly(ISO_DAY, `(?<time>${ISO})\\t(?<tag>[^\\t]+)\\t(?=\\{)`, { needs: "\t" }),
  exactly(
    ISO_DAY,
    "(?<time>\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)? [+-]\\d{4}) (?<tag>[\\w.*-]+): (?=\\{)",
    { needs: "{" },
  ),
  // Heroku and its like: 2026-11-23T06:57:00.783910+00:00 app[web.1]: the line
  exactly(ISO_DAY, `(?<time>${ISO}) (?:app|heroku)\\[(?<container>[^\\]]*?)(?:\\.\\d+)?\\]: `, { needs: "[" }),
  // Cloud Foundry: 2026-11-23T06:57:00.78+0000 [APP/PROC/WEB/0] OUT the line
  exactly(ISO_DAY_OR_SPACE, `\\s{0,4}(?<time>${ISO}) \\[[A-Z]+(?:/[\\w-]+)*/\\d+\\]\\s+(?<stream>OUT|ERR) `, {
    needs: "[",
  }),
  // GitLab's jobs: 2026-11-23T06:57:00.783910Z 00O the line
  exactly(ISO_DAY, `(?<time>${ISO}) \\d\\d[OE][+ ]`),
  // aws logs tail: 2026-11-23T06:57:00.783000+00:00 prod/chat/0a1b2c3d the line
  exactly(
    ISO_DAY,
    `(?<time>${ISO}) (?<logStream>(?!\\d{4}/\\d\\d/\\d\\d )[\\w.@$-]+(?:/[^/\\s]+)+|[\\w.@-]+(?:/[^/\\n{"]{1,80})*/${UUID_OR_HASH}|${DEPLOYED}_\\S+) `,
  ),
  // awslogs: GROUP STREAM the line; saw: [TIME] (STREAM) the line
  exactly(/^\//, `(?<logGroup>/[\\w./@$-]+) (?<logStream>[\\w.@$-]+(?:/[^/\\s]+)+) ${OWN}`),
  exactly(/^\[/, `\\[(?<time>${ISO})\\] \\((?<container>${NAME})\\) ${OWN}`),
  // The journal and syslog daemons: TIME host app[12]: the line
  exactly(DAEMON_TIME, `(?<time>${DAEMON_TIMES}) (?<hostname>${HOST}) (?<program>[^\\s:\\[]{1,128})\\[\\d+\\]: `, {
    needs: "[",
  }),
  exactly(
    /^\[/,
    `\\[ *\\d+\\.\\d+(?: <[ \\d.]+>)?\\] (?<hostname>${HOST}) (?<program>[^\\s:\\[]{1,128})(?:\\[\\d+\\])?: `,
  ),
  exactly(
    LETTER,
    `(?<time>${MONTH} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?) (?<hostname>${HOST}) (?<program>[\\w./@-]+?): `,
  ),
  // rsyslog's own form of it, with microseconds; any other without a process number only before a line that has its own beginning
  exactly(
    ISO_DAY,
    `(?<time>\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}[+-]\\d\\d:\\d\\d) (?<hostname>${HOST}) (?<program>(?!${LEVEL}:)[\\w./@-]+): `,
  ),
  exactly(DAEMON_TIME, `(?<time>${DAEMON_TIMES}) (?<hostname>${HOST}) (?<program>[^\\s:\\[]{1,128}): ${OWN}`),
  // … and as they write RFC 5424 into files: 2026-11-23T06:57:00.78+00:00 host app 12 - -  the line
  exactly(ISO_DAY, `(?<time>${ISO}) (?<hostname>${HOST}) (?<program>[\\w./@-]+) (?:\\d+|-) \\S+ - +`),
  // kubectl logs --prefix: [pod/NAME/CONTAINER] the line
  exactly(/^\[/, "\\[pod/(?<pod>[^/\\]]+)/(?<container>[^\\]]+)\\] "),
  // kubetail and its like: [POD] or [POD CONTAINER]
  exactly(/^\[/, `\\[(?<pod>${DEPLOYED})(?:[ /:](?<container>${NAME}))?\\]:? `),
  // stern: [NAMESPACE] POD CONTAINER [TIME] the line; and tools that put other signs between
  exactly(
    WORD,
    `(?:[a-z0-9-]+[ /])??(?<pod>${DEPLOYED})(?:(?: ?[:/›>|│] ?| )(?<container>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?))?(?:: | ?[|│›>] | )`,
    { needs: "-" },
  ),
  exactly(
    WORD,
    `(?:[a-z0-9-]+ )??(?<pod>${NAME}-(?:\\d+|[a-z0-9]{5})) (?<container>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?) ${OWN}`,
    { needs: "-" },
  ),
  // kail: NAMESPACE/POD[CONTAINER]: the line; and a template for stern: [NAMESPACE/POD/CONTAINER]
  exactly(LETTER, `[a-z0-9-]+/(?<pod>${DEPLOYED}|${NAME}-(?:\\d+|[a-z0-9]{5}))\\[(?<container>[a-z][\\w.-]*)\\]: `, {
    needs: "-",
  }),
  exactly(/^\[/, `\\[[a-z0-9-]+/(?<pod>${DEPLOYED})/(?<container>${NAME})\\] `),
  // Spring Cloud Sleuth: TIME LEVEL [name,TRACE,SPAN]
  exactly(
    ISO_DAY,
    `(?<time>${DAY_TIME}) +(?<level>[A-Z]{4,5}) +\\[(?<service>${NAME}),(?<traceId>[0-9a-f]{16,32}),(?<spanId>[0-9a-f]{0,16})(?:,(?:true|false)?)?\\] `,
    { needs: "[" },
  ),
  // pino-pretty: [TIME] LEVEL (name/PID): the line; bunyan: [TIME] LEVEL: name/PID on host: the line; Ray: (name pid=12, ip=…) the line
  exactly(
    /^\[/,
    `\\[(?<time>(?:\\d{4}-\\d\\d-\\d\\d )?\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(?: [+-]\\d{4})?)\\] +[A-Z]+ \\((?<container>${NAME})/\\d+(?: on (?<hostname>[^)\\s]+))?\\): `,
  ),
  exactly(/^\[/, `\\[(?<time>${ISO})\\] +[A-Z]+: (?<container>${NAME})/\\d+ on (?<hostname>[^\\s:]+): `),
  exactly(/^\(/, `\\((?<container>${NAME}) pid=\\d+(?:, ip=[\\d.]+)?\\) ${OWN}`),
  // aws logs filter-log-events --output text
  exactly(LETTER, `EVENTS\\t\\d+\\t\\d+\\t(?<logStream>[^\\t\\n]+)\\t${OWN}`),
  // The first line of a block in a page
  exactly(/^</, `<[^\\n]{0,400}?<(?:pre|code|samp|td|li|div|span|p)(?: [^>\\n]{0,200})?>${OWN}`),
  exactly(/^</, `<(?:pre|code|samp|td|li|div|span|p)(?: [^>\\n]{0,200})?>${OWN}`),
  // Columns of a logger around the line of another one, with its own beginning: [TIME] [LEVEL] [name], TIME | LEVEL | name:function:12 -
  exactly(/^\[/, `\\[(?<time>${DAY_TIME})\\] \\[[A-Z]{3,8}\\] \\[(?<container>${NAME})\\]:? ${OWN}`),
  exactly(
    ISO_DAY,
    `(?<time>${DAY_TIME}) \\| [A-Z]{3,8} *\\| (?<container>[A-Za-z0-9][\\w.-]*?)(?::[\\w.<>]+:\\d+)? *[|-] ${OWN}`,
    { needs: BAR_SIGNS },
  ),
  // A time before what another tool had written before the line
  exactly(
    /^(?:\[|0{4}-)/,
    `\\[?(?<time>${DAY_TIME})\\]? (?=\\[pod/|[A-Za-z][\\w.-]{0,62}?[-_.]\\d{1,4} *[|│] ${OWN}|[A-Za-z][\\w.-]{0,62}?\\.\\d{1,4}\\.[a-z0-9]{25}@|\\[(?!${LEVEL}\\])[A-Za-z][\\w.-]{1,62}\\] ${OWN})`,
  ),
  exactly(
    /^[A-Z]/,
    `(?<time>${MONTH} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d) (?=[A-Za-z][\\w.-]{0,62}?[-_.]\\d{1,4} *[|│] ${OWN})`,
  ),
  // pm2: 0|name  | the line
  exactly(/^0{1,4}\|/, "\\d{1,4}\\|(?<container>[^|\\n]{1,64}?) *\\| "),
  // foreman, honcho, overmind: 06:57:00 name.1   | the line
  exactly(/^00:/, "(?<time>\\d\\d:\\d\\d:\\d\\d) {1,40}(?<container>[A-Za-z][^|\\n]{0,62}?)(?:\\.\\d{1,3})? *\\| "),
  // docker service logs: name.1.TASK@node    | the line
  exactly(LETTER, "(?<container>[A-Za-z][\\w.-]{0,62}?)\\.\\d{1,4}\\.[a-z0-9]{25}@(?<hostname>[\\w.-]+) *\\| ", {
    needs: BAR_SIGNS,
  }),
  // docker compose logs: name-1  | the line (older ones name_1); a container with a name of its own has no number
  exactly(LETTER, "(?<container>[A-Za-z][\\w.-]{0,62}?)(?:[-_.]\\d{1,4}) *[|│] ", { needs: BAR_SIGNS }),
  exactly(LETTER, `(?!${LEVEL}\\b)(?<container>[a-z][\\w.-]{1,62}) +[|│] `, { needs: BAR_SIGNS }),
  exactly(
    LETTER,
    `(?!(?:${LEVEL}|(?:Trace|Debug|Info|Notice|Warn|Warning|Error|Fatal|Panic|Critical)|[A-Z]+)\\b)(?<container>[A-Za-z][\\w.-]{0,62}?)(?:[-_.]\\d{1,4})? *[|│] ?${OWN}`,
    {
      needs: BAR_SIGNS,
    },
  ),
  // grep -H and -n, ripgrep, zgrep: logs/chat.log:17:the line
  exactly(WORD, `(?<file>[^\\s:"'{}\\[\\]()=]{1,255}${LOG_FILE})[:-](?:${LINE}[:-](?:${LINE}:)?)?(?=\\S)`, {
    needs: ".",
  }),
  exactly(WORD, `(?<file>[^:"'{}\\[\\]()=\\n]{1,255}${LOG_FILE}):(?:\\d{1,9}:)?${OWN}`, { needs: "." }),
  exactly(
    WORD,
    `(?:HEAD|[A-Z]|[0-9a-f]{7,40}):(?<file>[\\\\/\\w][^\\s:"'{}]{1,255}${LOG_FILE}):(?:\\d{1,9}:)?(?=\\S)`,
    { needs: "." },
  ),
  exactly(WORD, `(?<file>[\\w./-]{1,255}${LOG_FILE})[ \\t]${OWN}`, { needs: "." }),
  exactly(/^[.~/]/, `(?<file>\\.{0,2}~?/[^\\s:"'{}]{1,255}):(?:\\d{1,9}:)?${OWN}`),
  exactly(/^0{1,9}[:-]/, `\\d{1,9}[:-]${OWN}`),
  // Kafka's console consumer: CreateTime:MS<TAB>…<TAB>key<TAB>the line
  exactly(
    LETTER,
    `CreateTime:(?<time>\\d{13})\\t(?:[A-Z]\\w+:\\d+\\t)*(?:(?:\\w+:[^\\t\\n,]*,?)+\\t)?[^\\t\\n]{0,128}\\t${OWN}`,
  ),
  // docker logs --details: labels before a line that begins with a time, or is JSON
  exactly(
    LETTER,
    `(?<labels>(?!(?:${LEVEL}|level|lvl|msg|message|time|ts|err|severity)=)${PAIR}(?:[, ]${PAIR}){0,31}) (?!\\w+=)${OWN}`,
    { needs: "=" },
  ),
  // concurrently, turbo, lerna: [name] or name: before a line with its own beginning
  exactly(
    /^\[/,
    `\\[(?!${LEVEL}\\])(?<container>[A-Za-z][\\w.-]{1,62})(?: : [\\w.-]{1,62})?\\](?::| +[|│])?(?: (?:out|err):)? ${OWN}`,
  ),
  // process-compose: [name<TAB>]
  exactly(/^\[/, `\\[(?!${LEVEL}\\b)(?<container>[A-Za-z][\\w.-]{1,62})[ \\t]+\\] ${OWN}`),
  // pnpm: packages/name task: the line; turbo: @scope/name:task: the line; dapr: == APP - name == the line
  exactly(WORD, `(?:[\\w.-]{1,64}/){1,6}(?<container>[A-Za-z][\\w.-]{1,62}) [\\w:-]{1,32}: (?:│ )?${OWN}`, {
    needs: "/",
  }),
  exactly(/^@/, `@[\\w.-]{1,64}/(?<container>[A-Za-z][\\w.-]{1,62}):[\\w:-]{1,32}: ${OWN}`),
  exactly(/^=/, `== APP - (?<container>[A-Za-z][\\w.-]{1,62}) == ${OWN}`),
  exactly(LETTER, `(?!${LEVEL}:)(?<container>[A-Za-z][\\w-]{1,62})(?::[\\w-]+: ${OWN}|: (?!\\{)${OWN})`, {
    needs: ":",
  }),
  // kubectl logs --timestamps, docker logs -t: a time before a line with its own beginning, or one that goes on
  exactly(
    ISO_DAY,
    `(?<time>${ISO}) (?:${OWN}|(?! {1,4}(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|OFF)\\b)(?=[ \\t]))`,
  ),
  // What a pager or a tool sets before each line; last, because a prefix with a form of its own says more
  exactly(/^(?:[ \t*>#+~=-]|0{1,9}[ .)\t|\u007f-\uffff])/, MARGIN),
];
