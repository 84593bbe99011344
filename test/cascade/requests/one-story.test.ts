import { describe, expect, it } from "vitest";
import type { Claim, Evidence } from "../../../src/model/index.ts";
import { at, claim } from "../../support/evidence.ts";
import { RPC, sent, served, stories } from "../../support/requests.ts";

const [first] = [served("chat", "a", null, [0, 900], RPC)];
const TRACE = first.traceId;

/** What a runtime says of the end of a stream, in a span of its own below the stream's. */
function said(service: string, stream: string, fields: Partial<Claim>): Evidence {
  const spanId = `${stream}-cancel`;
  const place = { traceId: TRACE ?? "", spanId };
  return claim({
    service,
    traceId: TRACE,
    spanId,
    parentSpanId: stream,
    cancelId: "c1",
    knowledge: "fact",
    place,
    ...fields,
  });
}

describe("claims and requests about one cancel", () => {
  it("are one cascade if the process between two others died: its caller and its callee both lost it", () => {
    // agent, between them, left no span: only chat's text names it
    const evidence = [
      first,
      sent("chat", "b", "a", [10, 800], RPC),
      served("model", "d", "c", [20, 801], RPC),
      said("chat", "b", {
        observation: "lost",
        about: "callee",
        side: "client",
        kind: "disconnect",
        peer: "agent",
        at: at(800),
      }),
      said("model", "d", { kind: "disconnect", at: at(801) }),
    ];
    expect(stories(evidence)).toEqual(["agent disconnect strong -> model"]);
  });
});
