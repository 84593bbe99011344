/** Every wording that is known, in the order in which they are tried: the first that fits reads a line. */
import { CACHES } from "./caches.ts";
import type { Entry } from "./entry.ts";
import { GO } from "./go.ts";
import { GRPC } from "./grpc.ts";
import { GRPC_OWN } from "./grpc-own.ts";
import { HERTZ } from "./hertz.ts";
import { JAVA } from "./java.ts";
import { KITEX } from "./kitex.ts";
import { MODELS } from "./models.ts";
import { NODE } from "./node.ts";
import { PLATFORMS } from "./platforms.ts";
import { PROCESSES } from "./processes.ts";
import { PROXIES } from "./proxies.ts";
import { PYTHON } from "./python.ts";
import { PYTHON_SERVERS } from "./python-servers.ts";
import { QUIET } from "./quiet.ts";
import { WEB_SERVERS } from "./web-servers.ts";
import { WORDS } from "./words.ts";

export { type Entry, ITS_CLIENT, type Pattern, SAYS, type Says } from "./entry.ts";
export {
  CADDY_TIMER,
  CLIENT_ABORTED,
  ENVOY_FLAGS,
  GOOGLE_DETAILS,
  HAPROXY_STATES,
  NO_ANSWER,
  OWN_TIMER,
  SIGNS,
  type Sign,
  STATUSES,
} from "./signs.ts";
export { TIMERS } from "./timers.ts";

/** The whole catalogue. */
export const CATALOGUE: readonly Entry[] = [
  ...QUIET,
  ...KITEX,
  ...HERTZ,
  ...PLATFORMS,
  ...CACHES,
  ...WEB_SERVERS,
  ...PROXIES,
  ...MODELS,
  ...GRPC_OWN,
  ...GRPC,
  ...NODE,
  ...PYTHON_SERVERS,
  ...PYTHON,
  ...JAVA,
  ...GO,
  ...PROCESSES,
  ...WORDS,
];

/** The entries that rest on ordinary words. */
export const ORDINARY_WORDS: ReadonlySet<Entry> = new Set(WORDS);
