import { describe, expect, it } from "vitest";
import type { Evidence } from "../../../src/model/index.ts";
import { diagnose } from "../../support/diagnose.ts";
import { at, claim, request } from "../../support/evidence.ts";

const [ONE, TWO] = ["0af7651916cd43dd8448eb211c80319c", "22621bfb2b29d7603d81b37f0f4c24d3"] as const;

/** In another trace, edge called gateway. */
const elsewhere: readonly Evidence[] = [
  request({ traceId: ONE, service: "edge", side: "client", peer: "gateway", spanId: "a", at: at(-5_000) }),
  request({ traceId: ONE, service: "gateway", serves: true, spanId: "b", parentSpanId: "a", at: at(-5_000) }),
];

/** Here gateway only says that a deadline which had come with the call is over. */
function deadlineOfGateway(parentSpanId: string | null): Evidence[] {
  const span = { traceId: TWO, service: "gateway", spanId: "c", parentSpanId } as const;
  return [
    claim({ ...span, kind: "deadline", carriesDeadlines: true, message: "deadline exceeded", at: at(0) }),
    request({ ...span, serves: true, at: at(1) }),
  ];
}

function origins(...evidence: readonly Evidence[]): unknown {
  return diagnose([...elsewhere, ...evidence]).cascades.map(({ origin }) => [origin.service, origin.confidence]);
}

describe("the only known caller of a service", () => {
  it("is the origin of a deadline that had come with the call, never surely", () => {
    expect(origins(...deadlineOfGateway("x"))).toEqual([["edge", "weak"]]);
  });

  it("has no part in a trace that begins with the service's own request", () => {
    expect(origins(...deadlineOfGateway(null))).not.toContainEqual(["edge", expect.anything()]);
  });
});
