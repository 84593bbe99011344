/**
 * Small logs made large: ordinary lines of the same services, in the same format, before, between and after what is there.
 *
 * The lines are invented, their times are not: each stands where its time says, so that a log stays in order of time.
 */

/** How many bytes of ordinary lines are put where, of each file. */
export interface Padding {
  readonly before: number;
  readonly between: number;
  readonly after: number;
}

/** How long before the first line the log begins, and how long after the last it ends. */
const SPAN_MS = 3 * 60 * 60 * 1000;

/** Texts that stand for a time of day; the first of a line is its time, and all of them are set to another. */
const CLOCK = /(?<=\/\d{4}:|(?<![\d:.]))(\d\d):(\d\d):(\d\d)([.,]\d+)?(?![\d:])/g;
const HALF_DAY_CLOCK = /\b(\d{1,2}):(\d\d)(AM|PM)\b/g;
const EPOCH = /(?<=[:=" ])(1[78]\d{8})(?:(\d{3})\b|(\.\d+))/g;

function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

/** Milliseconds of the day, or since the epoch where the line says it so; null for a line without a time. */
function timeOf(line: string): number | null {
  const epoch = new RegExp(EPOCH, "").exec(line);
  if (epoch !== null) return Number(epoch[1]) * 1000 + Number(epoch[2] ?? Number(epoch[3] ?? 0) * 1000);
  const clock = new RegExp(CLOCK, "").exec(line);
  if (clock !== null) {
    const [, hour, minute, second, fraction = ".0"] = clock;
    return (Number(hour) * 60 + Number(minute)) * 60_000 + (Number(second) + Number(fraction.replace(",", "."))) * 1000;
  }
  const half = new RegExp(HALF_DAY_CLOCK, "").exec(line);
  if (half === null) return null;
  return (((Number(half[1]) % 12) + (half[3] === "PM" ? 12 : 0)) * 60 + Number(half[2])) * 60_000;
}

function pad(value: number, length: number): string {
  return String(Math.floor(value)).padStart(length, "0");
}

/** The line at another time. */
function atTime(line: string, ms: number): string {
  const day = ms % 86_400_000;
  return line
    .replace(EPOCH, (_, _seconds: string, millis?: string, fraction?: string) =>
      millis === undefined ? (ms / 1000).toFixed((fraction ?? ".0").length - 1) : String(Math.floor(ms)),
    )
    .replace(CLOCK, (_, _h: string, _m: string, _s: string, fraction?: string) => {
      const figures =
        fraction === undefined ? "" : fraction[0] + pad((day % 1000) * 1e6, 9).slice(0, fraction.length - 1);
      return `${pad(day / 3_600_000, 2)}:${pad((day / 60_000) % 60, 2)}:${pad((day / 1000) % 60, 2)}${figures}`;
    })
    .replace(HALF_DAY_CLOCK, () => {
      const hour = Math.floor(day / 3_600_000);
      return `${hour % 12 === 0 ? 12 : hour % 12}:${pad((day / 60_000) % 60, 2)}${hour < 12 ? "AM" : "PM"}`;
    });
}

const KEPT =
  /^(?:time|ts|timestamp|@timestamp|start_time|level|pid|hostname|name|caller|logger|logger_name|service|app|request_id)$/i;

/** An ordinary line in the format of this one; null for a line that has no time or goes on with another. */
function ordinaryLike(line: string, next: (below: number) => number): string | null {
  if (/^\s/.test(line)) return null;
  const id = Array.from({ length: 4 }, () =>
    next(2 ** 23)
      .toString(16)
      .padStart(8, "0"),
  ).join("");
  const item = next(90_000) + 10_000;
  if (timeOf(line) === null && !line.startsWith("{")) return `item ${item} read from the store for ${id}`;
  if (line.startsWith("{")) {
    const object = JSON.parse(line) as Record<string, unknown>;
    if ("status" in object || "request" in object) {
      return JSON.stringify({
        ...object,
        request_id: id,
        status: 200,
        request: `GET /items/${item} HTTP/1.1`,
        request_time: next(90) / 1000,
      });
    }
    const kept = Object.entries(object).filter(([name]) => KEPT.test(name));
    const more =
      "level" in object && typeof object["level"] === "number"
        ? { level: 30 }
        : "level" in object
          ? { level: "info" }
          : {};
    return JSON.stringify({
      ...Object.fromEntries(kept),
      ...more,
      request_id: id,
      msg: `item ${item} read from the store`,
      count: next(40),
    });
  }
  const request = /"(?:GET|POST) \S+ HTTP[^"]*" \d{3}/.exec(line);
  if (request !== null) {
    // HAProxy, Envoy and the common format: the same request, answered as it should be
    return line
      .replace(
        /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
        `${id.slice(0, 8)}-${id.slice(8, 12)}-4000-8000-${id.slice(12, 24)}`,
      )
      .replace(/( \d+ \d+) \d+(?= - ")/, `$1 ${next(90)}`)
      .replace(/"(GET|POST) \S+ /, `"$1 /items/${item} `)
      .replace(/" \d{1,3} [A-Z]+(?= \d+ \d+ \d+ )/, '" 200 -')
      .replace(/(HTTP\/[\d.]+" )\d{3}/, "$1200");
  }
  if (/ - - \S{4} \d.*"[^"]*"$/.test(line)) {
    return line
      .replace(/"(?:<BADREQ>|(?:GET|POST) [^"]*)"/, `"GET /items/${item} HTTP/1.1"`)
      .replace(/\S+\/\S+ [-\d/]+ \d{3} (\d+) - - \S{4}/, `model_pool/model1 0/0/0/1/${next(9) + 2} 200 $1 - - ----`);
  }
  const head =
    /^(?:\S* ?){0,1}(?:.{0,24}?)(?:\d\d:\d\d:\d\d(?:[.,]\d+)?|\d{1,2}:\d\d[AP]M)(?: \d{4})?/.exec(line)?.[0] ?? "";
  const klog = /^[EWI](\d{4} .*)$/.exec(head);
  const tail = line.slice(head.length);
  const [, middle = " INFO "] =
    /^((?:\s+\d+ [\w./]+:\d+\]|\s+\[\w+\] \d+#\d+:| \S+\[\d+\]:| \[[\w-]+\] \w+ +\S+ +-|(?:\s*\S+:\d+:)? \[\w+\]| \w+ \w+:)\s)/.exec(
      tail,
    ) ?? [];
  const level = middle.replace(/\b(?:ERROR|WARNING|WARN|error|warn|Error|Warn)\b/, (word) =>
    word === word.toUpperCase() ? "INFO" : word[0] === "E" || word[0] === "W" ? "Info" : "notice",
  );
  return `${klog === null ? head : `I${klog[1]}`}${level}item ${item} read from the store for ${id}`;
}

/** The text of one log with ordinary lines around and between its own. */
export function* padded(text: string, { before, between, after }: Padding, seed = 1): Generator<string> {
  const next = random(seed);
  const lines = text.split("\n").filter((line) => line !== "");
  const whole = lines.filter((line) => !/^\s/.test(line));
  const timed = whole.filter((line) => timeOf(line) !== null);
  const templates = timed.length > 0 ? timed : whole;
  const times = lines.map(timeOf);
  const known = times.filter((at) => at !== null);
  const [first, last] = known.length === 0 ? [0, 0] : [Math.min(...known), Math.max(...known)];
  function* fill(bytes: number, from: number, to: number): Generator<string> {
    if (templates.length === 0) return;
    for (let written = 0, block = ""; written < bytes; block = "") {
      while (block.length < 65_536 && written < bytes) {
        const line = ordinaryLike(templates[next(templates.length)] as string, next);
        if (line === null) return;
        const at = from + ((to - from) * written) / bytes;
        block += `${atTime(line, at)}\n`;
        written += line.length + 1;
      }
      yield block;
    }
  }
  yield* fill(before, first - SPAN_MS, first - 1);
  // Lines that go on with another stay below it
  const gaps = lines.flatMap((line, index) => {
    const [here, above] = [times[index] ?? null, times[index - 1] ?? null];
    const apart = known.length === 0 || (here !== null && above !== null);
    return index > 0 && apart && !/^\s/.test(line) ? [index] : [];
  });
  for (const [index, line] of lines.entries()) {
    if (gaps.includes(index)) yield* fill(between / gaps.length, times[index - 1] ?? 0, times[index] ?? 0);
    yield `${line}\n`;
  }
  yield* fill(after, last + 1, last + SPAN_MS);
}
