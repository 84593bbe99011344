import type { Evidence } from "./evidence.ts";
import type { Instant } from "./instant.ts";
import type { Kind } from "./kind.ts";
import type { Place } from "./place.ts";
import type { Side } from "./side.ts";

/** How sure a verdict is, strongest first. One line alone never earns more than `strong`; only a whole cascade may say `proven`. */
export const CONFIDENCES = ["proven", "strong", "weak", "guess"] as const;

/** One of {@link CONFIDENCES}. */
export type Confidence = (typeof CONFIDENCES)[number];

/** Why a verdict says what it says: a named rule, its sentence for this case, and the lines behind it (at most 20). */
export interface Reason {
  readonly rule: string;
  readonly text: string;
  readonly places: readonly Place[];
}

/** A person knows better than the evidence who started a cascade; {@link Origin.service} is what that person said. */
export interface Overruled {
  /** Who started it, in that person's words. */
  readonly by: string;
  /** Why, in that person's words; empty where nothing was said. */
  readonly note: string;
  /** What the evidence says; null: not known. */
  readonly was: string | null;
}

/** The service that started a cascade. */
export interface Origin {
  /** Null: not known; the reasons say what is known. */
  readonly service: string | null;
  readonly kind: Kind;
  readonly code: number | null;
  readonly confidence: Confidence;
  readonly reasons: readonly Reason[];
  /**
   * The party outside the logs that acted or may have acted, in a few words ("the HTTP client of gateway"); then {@link service} is the
   * first one that shows it, or null if it stands above or between services.
   */
  readonly external?: string;
  /** Other names of the same service: its pod's, its file's, its container's. */
  readonly aliases?: readonly string[];
  /** `file:line` of the code that called abort, where our runtime saw it. */
  readonly callSite?: string;
  /** What the caller meant by it, where somebody said so: `user-stop`, … */
  readonly intent?: string;
  /** Present where a person has said who started it; the confidence and the reasons stay those of the evidence. */
  readonly overruled?: Overruled;
}

/**
 * What became of a service the cancel reached: its end was seen; it worked on for over a second; or nothing of it was seen (a silent
 * hop).
 */
export type ReachedState = "stopped" | "still-running" | "silent";

/** A service the cancel reached. */
export interface Reached {
  readonly service: string;
  /** Other names of the same service. */
  readonly aliases?: readonly string[];
  readonly state: ReachedState;
  /** The service it came from; null where that is not known. */
  readonly via: string | null;
  readonly side: Side;
  readonly at?: Instant;
  /** Milliseconds since the origin's instant; absent without a common clock. */
  readonly delayMs?: number;
  /** False: no line of its own, known from others only. */
  readonly observed: boolean;
  readonly confidence: Confidence;
  /** At most 20. */
  readonly places: readonly Place[];
  readonly evidenceCount: number;
}

/** Work of one service that went on for over a second after the cancel had reached it, or should have. */
export interface GhostService {
  readonly service: string;
  /** How long it was seen to go on, in milliseconds. */
  readonly durationMs: number;
  /** Messages sent meanwhile, for nobody; 0 where nobody counted them. */
  readonly messages: number;
  /** At most 20. */
  readonly places: readonly Place[];
}

/** The failure that made the origin cancel. */
export interface Trigger {
  readonly service: string;
  readonly text: string;
  /** Milliseconds since the origin's instant, so below zero; absent without a common clock. */
  readonly delayMs?: number;
  /** Where the origin's log tells of it. */
  readonly place?: Place;
}

/** A service that looks like the origin and is not, and why. */
export interface FalseOrigin {
  readonly service: string;
  readonly reasons: readonly Reason[];
}

/** All evidence of one cancel as a tree: the origin at the root, the services it reached below it (`reached[].via`). */
export interface Cascade {
  /** A short hash of the strongest thing that joins its evidence; it stays when more evidence arrives. */
  readonly id: string;
  /** Ids of cascades that were merged into this one. */
  readonly aliases: readonly string[];
  readonly traceId?: string;
  /** How many like cascades are folded into this one, where no id tells them apart. */
  readonly count: number;
  /** Up to five ids of folded cascades. */
  readonly exemplars?: readonly string[];
  readonly origin: Origin;
  readonly trigger?: Trigger;
  readonly falseOrigins: readonly FalseOrigin[];
  readonly reached: readonly Reached[];
  /** Who worked on; those of {@link reached} have the state `still-running`. Absent where nobody was seen to. */
  readonly ghosts?: readonly GhostService[];
  /** Services of the same trace that the cancel rightly did not hit, at most 20; absent where none is known. Never in {@link reached}. */
  readonly bystanders?: readonly string[];
  readonly firstAt?: Instant;
  readonly lastAt?: Instant;
  /** A bounded sample of the evidence, in order of time; `evidenceCount` is all of it. */
  readonly evidence: readonly Evidence[];
  readonly evidenceCount: number;
}

/** One row of the origins list: who starts how many cascades of which kind, and how many services that stops. */
export interface OriginRow {
  readonly service: string | null;
  readonly kind: Kind;
  readonly cascades: number;
  readonly victims: number;
}

/** A named rule that noticed something worth a look. */
export interface Warning {
  readonly rule: string;
  readonly service?: string;
  /** The id of the cascade it is about, where it is one. */
  readonly cascade?: string;
  readonly text: string;
  /** How many cancels it was noticed in. */
  readonly count: number;
  /** Ids of cascades it was noticed in, at most 50. */
  readonly cascades: readonly string[];
  /** The lines that show it, at most 20. */
  readonly places: readonly Place[];
}

/** What a cascade store knows at one moment. Cascades are in order of their first instant; origins by number of cascades. */
export interface Diagnosis {
  readonly cascades: readonly Cascade[];
  readonly origins: readonly OriginRow[];
  readonly warnings: readonly Warning[];
  /** Evidence taken in, and what of it came after its time (`late`) or was thrown away for want of room (`dropped`). */
  readonly counts: { readonly evidence: number; readonly late: number; readonly dropped: number };
}
