/**
 * What container runtimes and shippers write around an application's line.
 *
 * `unwrapLine` takes the wrapper off one physical line. It is used twice: cheaply, on the head of a line, to see whether an event begins
 * there, and on whole lines when an event is read.
 */

import { undoEscapes } from "./escapes.ts";

/** One physical line without its wrapper. */
export interface Unwrapped {
  /** The application's own line. */
  readonly text: string;
  /** The wrapper's time, as text. */
  readonly time: string | null;
  /** What else the wrapper says: stream, pod, host, program. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** True where the application's line goes on in the next physical line. */
  readonly partial: boolean;
}

/** The kubelet's format: `2026-11-23T06:57:00.783910123Z stdout F the line`; `P` marks a piece that is not the last. */
const CRI = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) (stdout|stderr) ([FP])(?:[^ ]*) ?/;
/**
 * kubectl and docker logs with timestamps: a time, and behind it a line that has its own beginning (or goes on
 * with the one before). Levels are padded to one width: behind the time of the application itself stands a blank more, and then a level.
 */
const STAMPED =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) (?=\{"|\[?\d{4}[-/]\d\d[-/]\d\d|[IWEFD]\d{4} \d\d:|(?:time|ts|level|msg)=|\[GIN\]|(?! {1,4}(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|OFF)\b)[ \t])/;
/** Docker's json-file: `{"log":"the line\n","stream":"stdout","time":"…"}`. */
const DOCKER_HEAD = /^\{"log":"([^"\\]*(?:\\.[^"\\]*)*)/;
const DOCKER_END = /"stream":"(?:stdout|stderr)".*"time":"[^"]*"\}\s*$/;
/** kubectl logs --prefix: `[pod/NAME/CONTAINER] the line`. */
const KUBECTL = /^\[pod\/([^/\]]+)\/([^\]]+)\] /;
/** docker compose logs: `name-1  | the line`; a container with a name of its own has no number. */
const COMPOSE = /^([A-Za-z][\w.-]{0,62}-\d{1,4} +|[a-z][\w.-]{1,62} +)\| /;
/** syslog, RFC 3164 and the journal's short forms: `Nov 23 06:57:00 host app[12]: the line`; with an ISO time only where a pid proves it. */
const SYSLOG =
  /^(?:<\d{1,3}>)?(?:((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?) ([\w.:-]+) ([\w./@-]+?)(?:\[\d+\])?|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)) ([\w.:-]+) ([\w./@-]+?)\[\d+\]): /;
/** The same as syslog daemons write it into files: `2026-11-23T06:57:00.78+00:00 host app 12 - -  the line`. */
const SYSLOG5_FILE =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)) ([\w.:-]+) ([\w./@-]+) (?:\d+|-) \S+ - +/;
/** syslog, RFC 5424: `<34>1 2026-11-23T06:57:00.78Z host app 12 ID - the line`. */
const SYSLOG5 = /^<\d{1,3}>1 (\S+) (\S+) (\S+) (\S+) (\S+) (?:-|(?:\[(?:[^\]"\\]|\\.|"(?:[^"\\]|\\.)*")*\])+) ?\ufeff?/;

function unwrapDocker(line: string): Unwrapped | null {
  const whole = DOCKER_END.test(line.slice(-256)) ? parseWhole(line) : null;
  if (whole === null) {
    // the head of a line, or a line that was cut: what is there is enough to see how the application's line begins
    const head = DOCKER_HEAD.exec(line.slice(0, 512));
    return head === null ? null : { text: undoEscapes(head[1] ?? ""), time: null, fields: [], partial: false };
  }
  const { log, stream, time } = whole;
  const ended = log.endsWith("\n");
  return {
    text: ended ? log.slice(0, log.endsWith("\r\n") ? -2 : -1) : log,
    time: typeof time === "string" ? time : null,
    fields: typeof stream === "string" ? [["stream", stream]] : [],
    partial: !ended,
  };
}

function parseWhole(line: string): { readonly log: string; readonly stream: unknown; readonly time: unknown } | null {
  try {
    const { log, stream, time } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    return typeof log === "string" ? { log, stream, time } : null;
  } catch {
    return null;
  }
}

function unwrapCri(line: string): Unwrapped | null {
  const cri = CRI.exec(line);
  if (cri === null) return null;
  const fields = [["stream", cri[2] ?? ""]] as const;
  return { text: line.slice(cri[0].length), time: cri[1] ?? null, fields, partial: cri[3] === "P" };
}

function unwrapStamped(line: string): Unwrapped | null {
  const stamped = STAMPED.exec(line);
  if (stamped === null) return null;
  return { text: line.slice(stamped[0].length), time: stamped[1] ?? null, fields: [], partial: false };
}

function unwrapKubectl(line: string): Unwrapped | null {
  const pod = KUBECTL.exec(line);
  if (pod === null) return null;
  const fields = [
    ["pod", pod[1] ?? ""],
    ["container", pod[2] ?? ""],
  ] as const;
  return { text: line.slice(pod[0].length), time: null, fields, partial: false };
}

function unwrapCompose(line: string): Unwrapped | null {
  const compose = COMPOSE.exec(line);
  if (compose === null) return null;
  return {
    text: line.slice(compose[0].length),
    time: null,
    fields: [["container", (compose[1] ?? "").trimEnd()]],
    partial: false,
  };
}

function unwrapSyslog(line: string): Unwrapped | null {
  const syslog = SYSLOG.exec(line);
  if (syslog === null) return null;
  const fields = [
    ["hostname", syslog[2] ?? syslog[5] ?? ""],
    ["program", syslog[3] ?? syslog[6] ?? ""],
  ] as const;
  return { text: line.slice(syslog[0].length), time: syslog[1] ?? syslog[4] ?? null, fields, partial: false };
}

function unwrapSyslogFile(line: string): Unwrapped | null {
  const syslog = SYSLOG5_FILE.exec(line);
  if (syslog === null) return null;
  const fields = [
    ["hostname", syslog[2] ?? ""],
    ["program", syslog[3] ?? ""],
  ] as const;
  return { text: line.slice(syslog[0].length), time: syslog[1] ?? null, fields, partial: false };
}

function unwrapSyslog5(line: string): Unwrapped | null {
  const syslog = SYSLOG5.exec(line);
  if (syslog === null) return null;
  const fields = [
    ["hostname", syslog[2] === "-" ? "" : (syslog[2] ?? "")],
    ["program", syslog[3] === "-" ? "" : (syslog[3] ?? "")],
  ] as const;
  return { text: line.slice(syslog[0].length), time: syslog[1] ?? null, fields, partial: false };
}

/**
 * Takes the wrapper off a physical line; null where it has none. Wrappers of wrappers are taken off by asking again.
 * The first sign decides which formats are tried: this runs for every line near a hit.
 */
export function unwrapLine(line: string): Unwrapped | null {
  const first = line.charCodeAt(0);
  if (first === 0x7b) return line.startsWith('{"log":"') ? unwrapDocker(line) : null;
  if (first === 0x5b) return unwrapKubectl(line);
  if (first === 0x3c) return unwrapSyslog5(line) ?? unwrapSyslog(line);
  if (first >= 0x30 && first <= 0x39)
    return line[10] === "T"
      ? (unwrapCri(line) ?? unwrapStamped(line) ?? unwrapSyslogFile(line) ?? unwrapSyslog(line))
      : null;
  return first >= 0x41 && first <= 0x7a ? (unwrapCompose(line) ?? unwrapSyslog(line)) : null;
}
