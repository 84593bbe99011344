/** Hand-made diagnoses for the tests of everything that shows one. */
import type { Cascade, Claim, Diagnosis, Kind, Reached, Reason, Warning } from "../src/model/index.ts";
import { countOrigins } from "../src/model/index.ts";
import type { Snapshot } from "../src/tui/feed.ts";
import { claim } from "./support/evidence.ts";

const T0 = 1_795_417_020_783_910_545n;

/** One piece of evidence with sensible defaults. */
export function evidence(over: Partial<Claim> & { service: string; line: number }): Claim {
  const { line, ...rest } = over;
  return claim({
    message: "user code invoking stream RPC",
    at: T0 + BigInt(line) * 100_000n,
    text: `[ttstream error, code=12007] [server-side stream] user code invoking stream RPC (${rest.service})`,
    place: { source: "chain.log", line },
    ...rest,
  });
}

/** One reason. */
export function reason(rule: string, text: string, ...lines: number[]): Reason {
  return { rule, text, places: lines.map((line) => ({ source: "chain.log", line })) };
}

/** One hop. */
export function reached(service: string, via: string | null, over: Partial<Reached> = {}): Reached {
  return {
    service,
    state: over.observed === false ? "silent" : "stopped",
    via,
    side: "server",
    observed: true,
    confidence: "strong",
    places: [],
    evidenceCount: 1,
    ...over,
  };
}

/** A cascade: gateway cancels, chat only looks like the origin, the agent is silent, the model stops. */
export function falseOriginCascade(over: Partial<Cascade> = {}): Cascade {
  return {
    id: "7f3a9c1e",
    aliases: [],
    count: 1,
    origin: {
      service: "gateway",
      kind: "cancel",
      code: 12007,
      confidence: "proven",
      reasons: [
        reason("own-text", "gateway's own client side shows 12007 without a path: it cancelled itself", 4),
        reason("relay-explained", "chat has an incoming cancel from gateway at the same time", 5),
      ],
    },
    falseOrigins: [
      {
        service: "chat",
        reasons: [
          reason(
            "derived-context",
            "chat's client side has no path, but its server side was cancelled by gateway",
            5,
            9,
          ),
        ],
      },
    ],
    reached: [
      reached("chat", "gateway", { at: T0 + 66_648n, delayMs: 0.066648, places: [{ source: "chain.log", line: 5 }] }),
      reached("agent", "chat", { observed: false, confidence: "weak", evidenceCount: 0 }),
      reached("model", "agent", { at: T0 + 410_632n, delayMs: 0.410632, places: [{ source: "chain.log", line: 10 }] }),
    ],
    firstAt: T0,
    lastAt: T0 + 410_632n,
    evidence: [
      evidence({
        service: "gateway",
        line: 4,
        observation: "started",
        side: "client",
        at: T0,
        text: "[ttstream error, code=12007] [client-side stream] user code invoking stream RPC",
      }),
      evidence({ service: "chat", line: 5, path: ["gateway"] }),
      evidence({ service: "model", line: 10, path: ["chat", "agent"] }),
    ],
    evidenceCount: 3,
    ...over,
  };
}

/** A cascade of a timeout in a chain of two. */
export function deadlineCascade(id: string, index = 0, origin = "billing"): Cascade {
  const at = T0 + BigInt(index + 1) * 1_000_000_000n;
  return {
    id,
    aliases: [],
    count: 1,
    origin: {
      service: origin,
      kind: "deadline",
      code: 12015,
      confidence: "strong",
      reasons: [reason("own-text", `${origin}'s timer fired`, 20 + index)],
    },
    falseOrigins: [],
    reached: [reached("ledger", origin, { at: at + 3_000_000n, delayMs: 3 })],
    firstAt: at,
    lastAt: at + 3_000_000n,
    evidence: [evidence({ service: origin, line: 20 + index, kind: "deadline", code: 12015, at })],
    evidenceCount: 2,
  };
}

/** A cascade nobody can explain. */
export function unknownCascade(id = "0bad0bad", kind: Kind = "disconnect"): Cascade {
  return {
    ...deadlineCascade(id, 3),
    origin: {
      service: null,
      kind,
      code: 12013,
      confidence: "guess",
      reasons: [reason("no-upstream", "the unnamed peer above ledger went away", 31)],
    },
    reached: [reached("ledger", null, { confidence: "weak" })],
  };
}

/** A diagnosis of cascades. */
export function diagnosisOf(cascades: readonly Cascade[], over: Partial<Diagnosis> = {}): Diagnosis {
  return {
    cascades,
    origins: countOrigins(cascades),
    warnings: [],
    counts: { evidence: cascades.reduce((sum, each) => sum + each.evidenceCount, 0), late: 0, dropped: 0 },
    ...over,
  };
}

/** The three cascades above and two warnings. */
export function wholeStory(): Diagnosis {
  return diagnosisOf(
    [
      falseOriginCascade(),
      deadlineCascade("b1110001", 0),
      deadlineCascade("b1110002", 1),
      deadlineCascade("b1110003", 2),
      unknownCascade(),
    ],
    {
      warnings: [
        {
          rule: "false-origin",
          service: "chat",
          cascade: "7f3a9c1e",
          text: "chat derives its context and so looks like an origin",
          ...seen("7f3a9c1e"),
        },
        {
          rule: "ghost-work",
          service: "model",
          cascade: "7f3a9c1e",
          text: "model still wrote 2.1 s after the cancel",
          ...seen("7f3a9c1e"),
        },
      ],
    },
  );
}

/** What a warning says of the cascades it was noticed in. */
export function seen(...cascades: string[]): Pick<Warning, "count" | "cascades" | "places"> {
  return { count: cascades.length, cascades, places: [{ source: "chain.log", line: 9 }] };
}

/** What the screens are given. */
export function snapshotOf(diagnosis: Diagnosis, over: Partial<Snapshot["progress"]> = {}): Snapshot {
  return {
    diagnosis,
    past: null,
    progress: {
      title: "chain.log",
      records: 1204,
      unmatched: 3,
      unmatchedSample: [],
      problems: 0,
      notes: [],
      scope: [],
      leftOut: 0,
      behindMs: 0,
      silentMs: 0,
      share: null,
      inputs: [],
      inputCount: 0,
      fresh: new Set<string>(),
      young: new Set<string>(),
      memoryBytes: 212 * 2 ** 20,
      story: null,
      done: true,
      following: false,
      live: null,
      ...over,
    },
  };
}
