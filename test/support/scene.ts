/** Scenes by hand: what services would say of a cancel, milliseconds after a fixed instant, and a short outline of what is made of it. */
import { CallGraph } from "../../src/cascade/hops/call-graph.ts";
import type { Line } from "../../src/cascade/hops/hop.ts";
import { type HopIndex, indexHops } from "../../src/cascade/hops/hop-index.ts";
import type { Cascade, Claim, Evidence, FailedAnswer } from "../../src/model/index.ts";
import { diagnose } from "./diagnose.ts";
import { answer, at, callFact, claim } from "./evidence.ts";

/** A service says that it ended its own stream to `to`. */
export function started(ms: number, service: string, to: string | null, more: Partial<Claim> = {}): Claim {
  return claim({
    at: at(ms),
    service,
    observation: "started",
    side: "client",
    peer: to,
    operation: "receive",
    ...more,
  });
}

/** A handler was cancelled; `path`: the services above it, if the text lists them. */
export function received(
  ms: number,
  service: string,
  path: readonly string[] | null,
  more: Partial<Claim> = {},
): Claim {
  return claim({ at: at(ms), service, observation: "received", path, operation: "context", serves: true, ...more });
}

/** A service passed a cancel on to `to`. */
export function relayed(
  ms: number,
  service: string,
  path: readonly string[] | null,
  to: string | null,
  more: Partial<Claim> = {},
): Claim {
  const own = { observation: "relayed", side: "client", peer: to, operation: "receive" } as const;
  return claim({ at: at(ms), service, path, ...own, ...more });
}

/** A call to `from` was answered with an error. */
export function failed(
  ms: number,
  service: string,
  from: string | null,
  more: Partial<FailedAnswer> = {},
): FailedAnswer {
  return answer({ at: at(ms), service, peer: from, operation: "receive", ...more });
}

/** Known from a record of long ago: `caller` calls `callee`. */
export function known(caller: string, callee: string): Evidence {
  return callFact({ at: at(-100_000), service: caller, side: "client", peer: callee });
}

/** The same evidence, all of one trace. */
export function inTrace<Kind extends Evidence>(
  evidence: readonly Kind[],
  traceId = "0af7651916cd43dd8448eb211c80319c",
): Kind[] {
  return evidence.map((each) => ({ ...each, traceId }));
}

/** What a test asks of a cascade: who started it, how sure that is and by which rules, who was reached, how many lines it rests on. */
export interface Outline {
  /** Service, kind, confidence. */
  readonly origin: string;
  readonly rules: readonly string[];
  readonly reached: readonly string[];
  readonly falseOrigins: readonly string[];
  readonly lines: number;
}

/** The outline of a cascade. */
export function outline({ origin, reached, falseOrigins, evidenceCount }: Cascade): Outline {
  return {
    origin: `${origin.service} ${origin.kind} ${origin.confidence}`,
    rules: origin.reasons.map(({ rule }) => rule),
    reached: reached.map(({ service }) => service),
    falseOrigins: falseOrigins.map(({ service }) => service),
    lines: evidenceCount,
  };
}

/** The cascades that evidence makes. */
export function cascadesOf(...evidence: readonly Evidence[]): readonly Cascade[] {
  return diagnose(evidence).cascades;
}

/** Their outlines. */
export function outlines(...evidence: readonly Evidence[]): Outline[] {
  return cascadesOf(...evidence).map(outline);
}

/** Only their origins: service, kind, confidence. */
export function origins(...evidence: readonly Evidence[]): string[] {
  return outlines(...evidence).map(({ origin }) => origin);
}

/** Evidence on the common axis of time, in its order, as the linking steps get it. */
export function linesOf(evidence: readonly Evidence[]): Line[] {
  return evidence
    .map((each) => ({ evidence: each, given: each, at: Number((each.at ?? at(0)) - at(0)) / 1e6 }))
    .sort((a, b) => a.at - b.at);
}

/** The hops of evidence before anything is linked. */
export function indexed(evidence: readonly Evidence[], traced = false): HopIndex {
  const calls = new CallGraph();
  for (const each of evidence) calls.learn(each);
  return indexHops(linesOf(evidence), calls, traced);
}
