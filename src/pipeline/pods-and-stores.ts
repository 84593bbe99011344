/** What a scope reads besides the files and pipes that it names: the logs of pods, and a Jaeger. */
import type { Prefilter } from "../model/index.ts";
import { type FollowOptions, type JaegerReading, KubectlLogs, readJaegerTraces } from "../sources/index.ts";
import { MARGIN_NS } from "./in-scope.ts";
import type { Scope } from "./scope.ts";

/** What the logs of pods are called as a source. */
export const KUBECTL = "kubectl";
/** How far back a Jaeger is asked where the scope does not say. */
const JAEGER_WINDOW_MS = 60 * 60 * 1000;

/** The pipes of a following that are no inputs of the user's. */
export function streamsOf(
  { follow, since }: Scope,
  signal: AbortSignal,
  onNote: (text: string) => void,
): FollowedStreams {
  if (follow?.kubectl == null) return [];
  const from = since === undefined ? {} : { since: since - MARGIN_NS };
  const logs = new KubectlLogs({ ...follow.kubectl, ...from, signal, onNote });
  return [{ source: KUBECTL, chunks: logs.chunks() }];
}

type FollowedStreams = NonNullable<FollowOptions["streams"]>;

/** The asking of a scope; null where nobody is to be asked. */
export function askJaeger(
  { jaeger, since, until }: Scope,
  prefilter: Prefilter,
  signal: AbortSignal,
): JaegerReading | null {
  if (jaeger === null) return null;
  const toMs = until === undefined ? Date.now() : Number(until / 1_000_000n);
  const fromMs = since === undefined ? toMs - JAEGER_WINDOW_MS : Number(since / 1_000_000n);
  return readJaegerTraces({ ...jaeger, prefilter, fromMs, toMs, signal });
}
