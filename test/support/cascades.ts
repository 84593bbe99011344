import type { Cascade } from "../../src/model/index.ts";
import { at } from "./evidence.ts";

/** A cascade that began `ms` after a fixed instant at gateway and reached nobody, with everything else as a test says. */
export function cascadeAt(ms: number, fields: Partial<Cascade> = {}): Cascade {
  return {
    id: `cascade ${ms}`,
    aliases: [],
    count: 1,
    origin: { service: "gateway", kind: "cancel", code: null, confidence: "strong", reasons: [] },
    falseOrigins: [],
    reached: [],
    firstAt: at(ms),
    lastAt: at(ms + 1),
    evidence: [],
    evidenceCount: 4,
    ...fields,
  };
}

/** The same begun by another service. */
export function from(service: string): Pick<Cascade, "origin"> {
  return { origin: { service, kind: "cancel", code: null, confidence: "strong", reasons: [] } };
}
