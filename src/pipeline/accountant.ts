/**
 * Keeps account of what a reading reads, so that "no cancel found" can say of whom it read, what no wording explains, and what would have
 * told more. Bounded, and cheap for records that are nothing.
 */
import type { RecordReading } from "../dialects/index.ts";
import type { Diagnostic, SourceRecord } from "../model/index.ts";
import type { Account, ServiceRead } from "../present/index.ts";
import { LikeLineCounts } from "./like-lines.ts";

const MOST_SERVICES = 10_000;
const SHOWN_SERVICES = 20;
const SHOWN_KINDS = 20;
const MOST_UNMATCHED = 1_000;
const MOST_NAMES = 200;
/** Ids of spans that are remembered to find those whose parent is missing. */
const MOST_SPANS = 20_000;
const TEXT_LENGTH = 1_000;

const ERROR_LEVEL = /^(?:error|err|fatal|crit|critical|panic|alert|emerg|severe|50|60)$/i;
const ERROR_TEXT = /\b(?:ERROR|ERR|FATAL|CRITICAL|SEVERE|panic|Exception|Traceback)\b|^E\d{4} /;
/** The common log format, which nginx and many others write. */
const ACCESS_TEXT = /^\S+ \S+ .{1,64}?\[[^\]]+\] "[A-Z]{3,9} \S+ HTTP/;
const ACCESS_SIGN = '] "';
/** A line of nginx's error log. */
const NGINX_ERROR = /\[(?:debug|info|notice|warn|error|crit|alert|emerg)\] \d+#\d+: /;
const NGINX_SIGN = "#";
/** Names that are no service's: addresses and the machine itself. */
const NO_NAME = /^(?:[\d.:[\]]+|localhost(?::\d+)?|.*[^\w.:-].*)$/;

/** What the account depends on besides the records. */
export interface Sight {
  /** True where every line of the inputs was read, not only those with known words. */
  readonly everyLine: boolean;
  /** What the stores that were asked do not say, a sentence each. */
  readonly stores: readonly string[];
}

/** The account of one reading. */
export class Accountant {
  readonly #services = new Map<string | null, { lines: number; spans: number }>();
  #moreServices = 0;
  readonly #errors = new LikeLineCounts();
  readonly #unexplained = new LikeLineCounts();
  readonly #unmatchedSample: Diagnostic[] = [];
  #unmatched = 0;
  readonly #called = new Map<string, number>();
  readonly #spanIds = new Set<string>();
  readonly #parents = new Map<string, string>();
  #access = 0;
  #nginxErrors = 0;

  /** Takes one record and what was read in it. */
  take(record: SourceRecord, { evidence, context, unexplained }: RecordReading): void {
    this.#countService(record);
    if (record.span !== undefined) this.#takeSpan(record);
    else this.#takeLine(record, evidence.length > 0);
    for (const { sighting } of context) for (const name of sighting?.calls ?? []) this.#takeName(name);
    if (!unexplained) return;
    this.#unmatched += 1;
    this.#unexplained.add(record);
    if (this.#unmatchedSample.length < MOST_UNMATCHED)
      this.#unmatchedSample.push({ place: record.place, message: (record.texts[0] ?? "").slice(0, TEXT_LENGTH) });
  }

  /** Records with the words of a cancel that no dialect explains. */
  get unmatched(): number {
    return this.#unmatched;
  }

  /** Some of them, each with its text as the message. */
  get unmatchedSample(): readonly Diagnostic[] {
    return this.#unmatchedSample;
  }

  /** The account so far. */
  account(sight: Sight): Account {
    const all: ServiceRead[] = [...this.#services].map(([service, counts]) => ({ service, ...counts }));
    all.sort((a, b) => b.lines + b.spans - (a.lines + a.spans));
    return {
      services: all.slice(0, SHOWN_SERVICES),
      moreServices: this.#moreServices + Math.max(0, all.length - SHOWN_SERVICES),
      errors: this.#errors.most(SHOWN_KINDS),
      unexplained: this.#unexplained.most(SHOWN_KINDS),
      limits: limitsOf(sight),
      advice: this.#advice(),
    };
  }

  #countService({ service, span }: SourceRecord): void {
    let counts = this.#services.get(service);
    if (counts === undefined) {
      if (this.#services.size >= MOST_SERVICES) {
        this.#moreServices = Math.max(1, this.#moreServices);
        return;
      }
      counts = { lines: 0, spans: 0 };
      this.#services.set(service, counts);
    }
    if (span === undefined) counts.lines += 1;
    else counts.spans += 1;
  }

  #takeSpan({ span, spanId, traceId }: SourceRecord): void {
    if (span === undefined || this.#spanIds.size >= MOST_SPANS) return;
    if (spanId !== null) this.#spanIds.add(`${traceId} ${spanId}`);
    if (span.kind === "server" && span.parentSpanId !== null)
      this.#parents.set(`${traceId} ${spanId}`, `${traceId} ${span.parentSpanId}`);
  }

  #takeLine(record: SourceRecord, isEvidence: boolean): void {
    const text = record.texts[0] ?? "";
    if (text.includes(ACCESS_SIGN) && ACCESS_TEXT.test(text)) this.#access += 1;
    else if (text.includes(NGINX_SIGN) && NGINX_ERROR.test(text)) this.#nginxErrors += 1;
    if (isEvidence) return;
    const level = record.fields.get("level") ?? record.fields.get("severity") ?? record.fields.get("lvl");
    if (level === undefined ? ERROR_TEXT.test(text.slice(0, 300)) : ERROR_LEVEL.test(level)) this.#errors.add(record);
  }

  #takeName(name: string): void {
    if (NO_NAME.test(name)) return;
    const host = name.toLowerCase().split(":", 1)[0]?.split(".", 1)[0] ?? "";
    if (host.length < 3) return;
    if (this.#called.has(host) || this.#called.size < MOST_NAMES)
      this.#called.set(host, (this.#called.get(host) ?? 0) + 1);
  }

  #advice(): string[] {
    const advice: string[] = [];
    const unnamed = this.#services.get(null);
    if (unnamed !== undefined && unnamed.lines + unnamed.spans > 0)
      advice.push("names of services: some lines name none, and no file does; give them by --service NAME=GLOB");
    const known = [...this.#services.keys()].map((name) => name?.toLowerCase() ?? "");
    const missing = [...this.#called]
      .filter(
        ([name]) =>
          !known.some(
            (service) => service === name || service.startsWith(`${name}-`) || name.startsWith(`${service}-`),
          ),
      )
      .sort(([, a], [, b]) => b - a)
      .map(([name]) => name);
    if (missing.length > 0 && known.length > 0)
      advice.push(
        `the logs of ${missing.slice(0, 5).join(", ")}: they are called here, and nothing of theirs was read`,
      );
    if (this.#access > 0 && this.#nginxErrors === 0)
      advice.push(
        "the error log beside the access log (of nginx: error_log at level info): an answer that was cut keeps the status 200 of its header, and only the error log says that the client left",
      );
    const orphans = [...this.#parents.values()].filter((parent) => !this.#spanIds.has(parent)).length;
    if (orphans > 0)
      advice.push(
        `the spans of the callers: the parents of ${orphans} spans of servers are not here, so whoever cancelled them may be missing`,
      );
    if (this.#services.size === 1 && unnamed === undefined)
      advice.push(
        "the logs of the other services of the chain: who started a cancel is found by comparing what they say",
      );
    return advice;
  }
}

function limitsOf({ everyLine, stores }: Sight): string[] {
  const limits: string[] = [];
  if (!everyLine)
    limits.push(
      "the inputs are large, so they were searched for the words of a cancel; ordinary lines, which may tell who called whom, were not all read",
    );
  return [...limits, ...stores];
}
