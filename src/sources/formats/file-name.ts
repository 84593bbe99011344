/**
 * What a log is called, from the name of one of its files: without what rotation, `split`, browsers, editors and people put behind it.
 *
 * Parts and copies of one log are one service's; what could as well be a service's own word (`chat-archive`) stays.
 */

/** Kinds of logs, of documents that a log was put into, and packings. */
const LOG_ENDING =
  "\\.(?:log|logs|txt|out|err|json|jsonl|ndjson|otlp|klog|stdout|stderr|csv|tsv|html?|xhtml|mht|mhtml|eml|md|xml|ya?ml|org|rst|adoc|rtf|ps|cast|tar|tgz|gz|gzip|zst|zstd|bz2|xz|zip)";
/** Words for a part, a copy or another state of a log. */
const STATE =
  "old|bak|bkp|backup|current|previous|prev|last|orig|save|saved|tmp|temp|copy|kopie|copie|copia|rotated|archived|cleaned|filtered|sorted|merged|trimmed|" +
  "part|truncated|redacted|anonymi[sz]ed|edited|fixed|excerpt|partial|unzipped|decompressed|downloaded|download|crdownload|swp";
/** Such words, as far as they stand as another ending; of those behind a hyphen some could be a service's own. */
const AFTER_HYPHEN = STATE.replace(/\|(?:backup|last|part|download)(?=\|)/g, "");
const PART =
  "(?:part|pt|chunk|piece|seg|segment)[._-]?\\d{1,4}(?:[._-]?of[._-]?\\d{1,4})?|\\d{1,4}[._-]?of[._-]?\\d{1,4}";
/** `2026-11-23`, `20261123-065700`, `2026-11-23T06-57-00.000`, `2026112306`, `2026-W48` */
const DATE =
  "\\d{4}(?:-W\\d\\d(?:-\\d)?|-?\\d{2}-?\\d{2}(?:[T._-]?\\d{2}(?:[-_:.]?\\d{2}(?:[-_:.]?\\d{2}(?:[.,]\\d+)?)?)?)?(?:Z|[+-]\\d{4})?)";

/** What may stand at the end of a file's name and is not the log's: one after the other is taken off. */
const MARKS: readonly RegExp[] = [
  new RegExp(`${LOG_ENDING}$`, "i"),
  // supervisord's own names for what a program prints
  /-std(?:out|err)---[\w-]{1,64}-[\w]{6,8}$/,
  /[._-](?:stdout|stderr|access|error)$/i,
  new RegExp(`[._-]${DATE}$`),
  /(?:\.\d{1,5}|[._-]1\d{9}(?:\d{3})?)$/,
  new RegExp(`[. ](?:${STATE})\\d{0,3}$`, "i"),
  new RegExp(`[_-](?:${AFTER_HYPHEN})\\d{0,3}$`, "i"),
  new RegExp(`[._ -](?:${PART})$`, "i"),
  // A second download, a copy of a copy
  /[._ -]*[([]\d{1,3}[)\]]$/,
  /[ ._-]+(?:copy|kopie|copie|copia)[ ._-]*\d{0,3}$/i,
  // One of several machines
  /[._-](?:node|host|replica|instance|pod|vm)[_-]?\d{1,4}$/i,
  /[~#%]$/,
];
/** What `split` puts behind the name it is given, with and without a point. */
const SPLIT = new RegExp(`^(.*${LOG_ENDING})[._-]?[a-d][a-z]$`, "i");
const SPLIT_BARE = /^(.*[^.])\.a[a-hj-z]$/;
/** Whatever stands behind the ending of a log is not the log's name. */
const BEHIND_LOG = /^(.+?)\.(?:log|jsonl|ndjson|klog)[._~ -].{1,64}$/i;

const BEFORE = new RegExp(`^(?:(?:copy|kopie|copie|copia) (?:of|von|de|di) |${DATE}[._ -]+(?=[A-Za-z]))`, "i");

function withoutMarks(name: string): string {
  let rest = name;
  for (;;) {
    const before = rest;
    for (const mark of MARKS) {
      const cut = rest.replace(mark, "");
      if (cut !== "") rest = cut;
    }
    if (rest === before) return rest;
  }
}

/**
 * The name of the log that a file is or is a part or a copy of. `isGeneric` says of a name that it is no service's: what stands behind
 * `app.log.` may be one's, what stands behind `chat.log.` is not.
 */
export function logOfFile(file: string, isGeneric: (name: string) => boolean): string {
  const name = file.replace(BEFORE, "");
  const whole = SPLIT.exec(name)?.[1] ?? SPLIT_BARE.exec(name)?.[1] ?? name;
  const log = withoutMarks(whole);
  const behind = BEHIND_LOG.exec(log)?.[1];
  const own = behind === undefined ? null : withoutMarks(behind);
  const stem = own === null || isGeneric(own) ? log : own;
  // `chat_1`: a second download, or a replica
  const unnumbered = stem.replace(/_\d{1,3}$/, "");
  return unnumbered === "" || isGeneric(unnumbered) ? stem : withoutMarks(unnumbered);
}
