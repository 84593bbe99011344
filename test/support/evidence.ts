import type { Evidence } from "../../src/model/index.ts";

/** Evidence with everything unsaid that a test does not say. */
export function evidence(fields: Partial<Evidence>): Evidence {
  return {
    dialect: "ttstream",
    happening: "received",
    kind: "cancel",
    code: 12007,
    side: "server",
    path: null,
    message: "",
    told: null,
    operation: null,
    service: null,
    peer: null,
    peerHint: null,
    triggeredBy: null,
    address: null,
    serves: false,
    method: null,
    at: null,
    traceId: null,
    spanId: null,
    parentSpanId: null,
    cancelId: null,
    echo: false,
    text: "",
    place: { source: "test.log" },
    ...fields,
  };
}

/** The instant so many milliseconds after a fixed one. */
export function at(ms: number): bigint {
  return 1_795_000_000_000_000_000n + BigInt(Math.round(ms * 1e6));
}
