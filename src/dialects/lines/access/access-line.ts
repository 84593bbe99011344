/**
 * Lines of access logs: one request each, with its route, status and duration, and, in proxies, a word for how it ended.
 *
 * Statuses deceive: an answer that was cut keeps the 200 of its header, and whoever answers 499 or 504 may only hand it on. So a status alone
 * claims little, and a proxy's own word for the end (Envoy's flags, HAProxy's termination state) comes first.
 */
import type { Instant, SourceRecord } from "../../../model/index.ts";
import { ITS_CLIENT, type Sign, STATUSES } from "../../catalogue/index.ts";
import { readApplication } from "./applications.ts";
import { readAlb, readHeroku } from "./balancers.ts";
import { readCommonLog } from "./common-log.ts";
import { readEnvoy } from "./envoy.ts";
import { readFields } from "./fields.ts";
import type { AccessLine, Found } from "./found.ts";
import { readHaproxy } from "./haproxy.ts";
import { readSquid } from "./squid.ts";

export type { AccessLine } from "./found.ts";

/** The whole path of a probe; `/feed/live` is anybody's. */
const PROBE =
  /^\/(?:-\/|actuator\/|health\/)?(?:health\w*|ready|readyz|readiness|live|livez|liveness|ping|metrics|status|favicon\.ico)(?:\/(?:live|ready|liveness|readiness))?\/?$/i;
const PROBER = /\b(?:kube-probe|ELB-HealthChecker|GoogleHC|Prometheus|Consul Health Check|Blackbox)\b/;

const TEXT_READERS: readonly ((words: string) => Found | null)[] = [
  readHaproxy,
  readEnvoy,
  readCommonLog,
  readAlb,
  readHeroku,
  readSquid,
  readApplication,
];

/** Reads an access line; null for any other. Never throws. */
export function readAccessLine(record: SourceRecord, words: string): AccessLine | null {
  const found = readText(words) ?? readFields(record);
  if (found === null) return null;
  const { product = null, method, path, status, proxy = false, end = null } = found;
  const route = method === undefined || path === undefined ? null : { method, path: path.split("?", 1)[0] ?? "" };
  const probe = (route !== null && PROBE.test(route.path)) || PROBER.test(words);
  return {
    product,
    route,
    status,
    durationMs: found.durationMs,
    timedAtStart: found.began !== undefined && isToldIn(found.began, record.at),
    client: found.client,
    calls: found.calls ?? [],
    ids: found.ids ?? [],
    proxy,
    served: found.served ?? true,
    sign: found.sign ?? null,
    end: probe ? null : (end ?? endOfStatus(status, proxy)),
    silentTimersMs: found.silentTimersMs ?? [],
  };
}

const CLOCK = /(?:^|[T :])\d\d:(\d\d):(\d\d)(?:[.,](\d{1,3}))?/;
/** Zones differ by quarters of an hour. */
const ZONES_MS = 900_000n;

/** True where an instant is the one that a text tells, in whatever zone: not that of a wrapper which was written at another moment. */
function isToldIn(text: string, at: Instant | null): boolean {
  const match = CLOCK.exec(text);
  if (match === null || at === null) return at !== null;
  const [, minute, second, fraction = ""] = match;
  const told = Number(minute) * 60_000 + Number(second) * 1_000 + Number(fraction.padEnd(3, "0"));
  return (at / 1_000_000n - BigInt(told)) % ZONES_MS === 0n;
}

function readText(words: string): Found | null {
  for (const read of TEXT_READERS) {
    const found = read(words);
    if (found !== null) return found;
  }
  return null;
}

/** What a status alone says. */
function endOfStatus(status: number | null, proxy: boolean): Sign | null {
  const found = status === null ? undefined : STATUSES.find(({ sign }) => Number(sign) === status);
  if (found === undefined) return null;
  return found.says === "caller" && proxy ? { ...found, external: ITS_CLIENT } : found;
}
