/**
 * The scenarios of the recordings in test/fixtures/kitex, to be played by chains of any make. What a service does is told by words of the
 * request, so that one chain can play many.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LoggedLine } from "./structured.ts";

/** One scenario. */
export interface Scenario {
  /** The name of its recording. */
  readonly name: string;
  /** `line`: A to D; `fan`: ServiceB calls ServiceC1 and ServiceC2, which call ServiceD1 and ServiceD2. */
  readonly shape: "line" | "fan";
  /** Words of the request for the services. */
  readonly words?: string;
  readonly call: readonly string[];
  /** A service that is killed as soon as the stream has come through to the leaf. */
  readonly kill?: string;
  /** Frames to ServiceB go through a proxy with these flags. */
  readonly proxy?: readonly string[];
}

/** A caller that leaves at once takes the connection away before its peer has read the last Rst. */
const linger = ["--linger", "200ms"];
const endless = ["--count", "0", "--interval-us", "20000", ...linger];
const bidi = ["--method", "BidiStream", "--count", "1", "--interval-us", "20000", ...linger];
const egress = ["--inject-after", "300ms", "--inject", "rst", "--code", "1111", "--text", "proxy timeout"];
/** The caller says how many messages it has each time it has waited: the one way to know from outside that the stream is through. */
const watching = ["--recv-timeout", "100ms", "--recv-keep", "--recv-retries", "1000"];

/** The scenarios, with the names of their recordings. */
export const SCENARIOS: readonly Scenario[] = [
  { name: "a_cancel_plain", shape: "line", call: [...endless, "--cancel-after", "5"] },
  { name: "a_cancel_plain_bidi", shape: "line", call: [...bidi, "--cancel-after", "5"] },
  {
    name: "a_cancel_plain_client",
    shape: "line",
    // Between two messages: a relay that gets the last one together with the cancel says that it could not pass it on
    call: ["--method", "ClientStream", "--interval-us", "200000", "--cancel-after", "500ms", ...linger],
  },
  {
    name: "b_derive_cancel",
    shape: "line",
    words: "ServiceB:derive=cancel",
    call: [...endless, "--cancel-after", "5"],
  },
  {
    name: "b_derive_timeout_unfired",
    shape: "line",
    words: "ServiceB:derive=timeout ServiceB:derive-timeout=10s",
    call: [...endless, "--cancel-after", "5"],
  },
  { name: "b_derive_value", shape: "line", words: "ServiceB:derive=value", call: [...endless, "--cancel-after", "5"] },
  {
    name: "c_derive_timeout",
    shape: "line",
    words: "ServiceB:derive=timeout ServiceB:derive-timeout=300ms",
    call: endless,
  },
  { name: "d_stream_timeout", shape: "line", call: [...endless, "--stream-timeout", "300ms"] },
  { name: "e_recv_timeout", shape: "line", words: "ServiceD:sleep=1s", call: [...endless, "--recv-timeout", "200ms"] },
  {
    name: "e_recv_timeout_keep",
    shape: "line",
    words: "ServiceD:sleep=500ms",
    call: ["--count", "5", "--interval-us", "20000", "--recv-timeout", "200ms", "--recv-keep", "--recv-retries", "10"],
  },
  {
    name: "e_recv_timeout_mid",
    shape: "line",
    words: "ServiceB:recv-timeout=200ms ServiceD:sleep=1s",
    call: endless,
  },
  { name: "f_kill_a", shape: "line", call: [...endless, "--cancel-after", "5", "--cancel-mode", "kill"] },
  { name: "f_kill_b", shape: "line", words: "ServiceD:idle=true", call: watching, kill: "ServiceB" },
  { name: "f_kill_d", shape: "line", words: "ServiceD:idle=true", call: watching, kill: "ServiceD" },
  { name: "g_early_return_server", shape: "line", words: "ServiceC:return-after=5", call: endless },
  { name: "g_early_return_bidi", shape: "line", words: "ServiceC:return-after=5", call: bidi },
  { name: "h_app_error", shape: "line", words: "ServiceD:err-after=5", call: endless },
  { name: "h_biz_error", shape: "line", words: "ServiceD:biz-after=5", call: endless },
  { name: "h_biz_error_mid", shape: "line", words: "ServiceC:biz-after=5", call: bidi },
  { name: "h_panic", shape: "line", words: "ServiceD:panic-after=5", call: endless },
  {
    name: "i_cancel_cause",
    shape: "line",
    call: [...endless, "--cancel-after", "5", "--cause", "user closed the tab"],
  },
  { name: "j_fanout_cancel", shape: "fan", call: [...endless, "--cancel-after", "8"] },
  { name: "j_fanout_error_return", shape: "fan", words: "ServiceC1:err-after=5", call: endless },
  {
    name: "j_fanout_timeout",
    shape: "fan",
    words: "ServiceC1:derive=timeout ServiceC1:derive-timeout=300ms",
    call: endless,
  },
  { name: "m_proxy_rst_both", shape: "line", call: endless, proxy: [...egress, "--path", "Proxy Egress"] },
  {
    name: "m_proxy_rst_server",
    shape: "line",
    call: [...endless, "--stream-timeout", "2s"],
    proxy: [...egress, "--path", "Proxy Egress", "--inject-to", "server"],
  },
  { name: "m_proxy_rst_nopath", shape: "line", call: endless, proxy: egress },
  {
    name: "m_proxy_rst_empty",
    shape: "line",
    call: endless,
    proxy: ["--inject-after", "300ms", "--inject", "rst-empty"],
  },
  {
    name: "m_proxy_meta",
    shape: "line",
    call: [...endless, "--cancel-after", "600ms"],
    proxy: ["--inject-after", "300ms", "--inject", "meta", "--inject-to", "client"],
  },
  { name: "o_no_name", shape: "line", call: [...endless, "--no-basic-info", "--cancel-after", "5"] },
];

/** The scenario of a recording. */
export function scenario(name: string): Scenario {
  const found = SCENARIOS.find((each) => each.name === name);
  if (found === undefined) throw new TypeError(`no scenario ${name}`);
  return found;
}

const fixtures = join(import.meta.dirname, "../fixtures/kitex");

/** The error texts each service logged when Kitex played a scenario. */
export function recordedTexts(name: string): Map<string, Set<string>> {
  const text = readFileSync(join(fixtures, "json", `${name}.jsonl`), "utf8");
  return textsOf(
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as LoggedLine),
  );
}

/** The error texts of each service, without those of a framework; the time left in a timeout is replaced by a word. */
export function textsOf(lines: readonly LoggedLine[]): Map<string, Set<string>> {
  const texts = new Map<string, Set<string>>();
  for (const { service, err } of lines) {
    if (err === undefined || /DisableCancelRemote:true/.test(err)) continue;
    let known = texts.get(service);
    if (known === undefined) {
      known = new Set();
      texts.set(service, known);
    }
    known.add(err.replaceAll(/timeout in ctx: [\d.]+(?:µs|ms|s)/g, "timeout in ctx: …"));
  }
  return texts;
}

/** What really happened in a scenario, where Kitex played it. */
export interface TrueCascade {
  readonly origin: string | null;
  readonly originAlso?: readonly (string | null)[];
  readonly kind: string;
  readonly kindAlso?: readonly string[];
  readonly reached: readonly string[];
  readonly reachedAlso?: readonly string[];
  readonly falseOrigins?: readonly string[];
  readonly falseOriginsAlso?: readonly string[];
  readonly trigger?: string;
  readonly optional?: boolean;
}

/** The truth of a recording. */
export function recordedTruth(name: string): readonly TrueCascade[] {
  const truth = JSON.parse(readFileSync(join(fixtures, "truth.json"), "utf8")) as Record<string, TrueCascade[]>;
  return truth[name] ?? [];
}
