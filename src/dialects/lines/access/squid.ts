/** Squid's own format of an access log, `logformat squid`: TIME DURATION CLIENT RESULT/STATUS BYTES METHOD URL USER HIERARCHY/PEER TYPE. How it ended is part of RESULT, see `catalogue/caches.ts`. */
import { type Found, given } from "./found.ts";

const LINE = /^(?:\d{9,11}\.\d{3} +)?(\d+) (\S+) [A-Z]+(?:_[A-Z]+)*\/(\d{3}) \d+ ([A-Z]+) (\S+) \S+ [A-Z_]+\/(\S+)/;

/** Reads a line of Squid; null for any other. Its time is that of the end. */
export function readSquid(words: string): Found | null {
  const match = LINE.exec(words.slice(0, 4_096));
  if (match === null) return null;
  const [, took, client = "", status = "", method = "", url = "", peer] = match;
  const asked = /^(?:https?:\/\/)?([^/]+)(\/.*)?$/.exec(url);
  return {
    product: "Squid",
    method,
    path: asked?.[2] ?? "/",
    // 000: no answer had begun
    status: Number(status) === 0 ? null : Number(status),
    durationMs: Number(took),
    client,
    calls: [given(asked?.[1]), given(peer)].filter((name) => name !== null),
    proxy: true,
  };
}
