import { describe, expect, it } from "vitest";
import { readEvidence } from "../../../src/dialects/index.ts";
import type { Diagnosis, Evidence, Operation } from "../../../src/model/index.ts";
import { diagnose } from "../../support/diagnose.ts";
import { at, ghost } from "../../support/evidence.ts";
import { record } from "../../support/record.ts";
import { received as heard, relayed as passedOn, started } from "../../support/scene.ts";

const CANCEL =
  "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively";
const TRACE = "0af7651916cd43dd8448eb211c80319c";

/** A span of a service's tracing suite; `err`: the text of its status. */
function span(
  service: string,
  kind: "client" | "server" | "internal",
  id: string,
  parent: string,
  endMs: number,
  err = "",
) {
  const [spanId, parentSpanId] = [id.padStart(16, "0"), parent === "" ? null : parent.padStart(16, "0")];
  const facts = { kind, name: "Chat/Generate", startAt: at(0), endAt: at(endMs), parentSpanId, status: 0 } as const;
  const place = { traceId: TRACE, spanId };
  return readEvidence(
    record(err, { at: at(endMs), service, texts: err === "" ? [] : [err], traceId: TRACE, spanId, span: facts, place }),
  );
}

const own = `[ttstream error, code=12007] [client-side stream] ${CANCEL}`;
const received = `[ttstream error, code=12007] [server-side stream] [canceled path: A] ${CANCEL}`;
const relayed = `[ttstream error, code=12007] [client-side stream] [canceled path: A] ${CANCEL}`;

/** A cancels at 300 ms and B passes it on. */
const cancelled = [
  ...span("A", "client", "a1", "", 300, own),
  ...span("B", "server", "b1", "a1", 302, received),
  ...span("B", "client", "b2", "b1", 301, relayed),
];

function ghosts(...evidence: readonly Evidence[]): Pick<Diagnosis, "warnings">["warnings"] {
  return diagnose([...cancelled, ...evidence]).warnings.filter(({ rule }) => rule === "ghost-work");
}

describe("spans of a cancelled trace", () => {
  it("tell of services that went on, also below one that did not pass the cancel on", () => {
    const found = ghosts(
      ...span("C", "server", "c1", "b2", 3_500),
      ...span("C", "internal", "c2", "c1", 3_450),
      ...span("C", "client", "c3", "c2", 3_400),
      ...span("D", "server", "d1", "c3", 3_401),
    );
    expect(found.map(({ service, text }) => `${service}: ${text}`)).toEqual([
      "C: C was still at work up to 3.2 s after a cascade had reached it or should have",
      "D: D was still at work up to 3.1 s after a cascade had reached it or should have",
    ]);
  });

  it("tell of a handler that returned the cancel long after it had come", () => {
    const found = ghosts(...span("C", "server", "c1", "b2", 4_000, received.replace("A]", "A -> B]")));
    expect(found.map(({ service }) => service)).toEqual(["C"]);
  });

  it("tell of nobody who stopped within a second, was done before, or belongs to another stream", () => {
    expect(
      ghosts(
        ...span("C", "server", "c1", "b2", 1_200),
        ...span("C", "server", "c2", "b2", 100),
        ...span("E", "server", "e1", "f1", 9_000),
      ),
    ).toEqual([]);
  });

  it("count from the earliest line about the end of the stream above", () => {
    const again = span("B", "client", "b2", "b1", 2_000, relayed);
    const found = ghosts(...again, ...span("C", "server", "c1", "b2", 2_600));
    expect(found.map(({ text }) => text)).toEqual([
      "C was still at work up to 2.3 s after a cascade had reached it or should have",
    ]);
  });

  it("count no service twice that measured itself how long it went on", () => {
    const known = { traceId: TRACE, cancelId: "c1" };
    const told = cancelled.map((each) => ({ ...each, ...known }));
    const measured = ghost({ ...known, at: at(2_300), service: "C", spanId: "g", durationMs: 2_000, messages: 4 });
    const late = span("C", "server", "c1", "b2", 9_000);
    const found = diagnose([...told, measured, ...late]).warnings.filter(({ rule }) => rule === "ghost-work");
    expect(found.map(({ text }) => text)).toEqual([
      "C was still at work up to 2.0 s after a cascade had reached it or should have, with 4 wasted messages",
    ]);
  });

  it("of another cancel are not this one's", () => {
    const told = cancelled.map((each) => ({ ...each, cancelId: "c1" }));
    const other = ghost({ traceId: TRACE, cancelId: "c2", at: at(2_300), service: "C", spanId: "g" });
    expect(diagnose([...told, other]).warnings.filter(({ rule }) => rule === "ghost-work")).toEqual([]);
  });

  it("whose parents go in circles are looked at once", () => {
    expect(ghosts(...span("C", "server", "c1", "c2", 9_000), ...span("C", "server", "c2", "c1", 9_000))).toEqual([]);
  });
});

describe("a log tells of work after the cancel", () => {
  const chain = [
    started(0, "gateway", "chat"),
    heard(1, "chat", ["gateway"]),
    passedOn(2, "chat", ["gateway"], "model"),
    heard(3, "model", ["gateway", "chat"]),
  ];
  const late = (ms: number, operation: Operation, service = "model") =>
    heard(ms, service, ["gateway", "chat"], { operation });
  const states = (...evidence: readonly Evidence[]) =>
    diagnose([...chain, ...evidence]).cascades[0]?.reached.map(({ service, state }) => `${service} ${state}`);

  it.each(["send", "handler"] as const)(
    "where its %s is over a second later, in every place that says so",
    (operation) => {
      const { cascades, warnings } = diagnose([...chain, late(3_503, operation)]);
      expect(cascades[0]?.reached.map(({ service, state }) => `${service} ${state}`)).toEqual([
        "chat stopped",
        "model still-running",
      ]);
      expect(cascades[0]?.ghosts).toMatchObject([{ service: "model", durationMs: 3_500, messages: 0 }]);
      expect(warnings.map(({ rule, service }) => `${rule} ${service}`)).toEqual(["ghost-work model"]);
    },
  );

  it("but not where it comes within a second, or only waited for a message", () => {
    expect(states(late(903, "send"))).toEqual(["chat stopped", "model stopped"]);
    expect(states(late(3_503, "receive"))).toEqual(["chat stopped", "model stopped"]);
  });

  it("but not where it heard of the cancel as late itself", () => {
    const slow = [...chain.slice(0, 3), heard(3_503, "model", ["gateway", "chat"])];
    const { cascades } = diagnose([...slow, late(3_520, "send"), late(3_521, "handler")]);
    expect(cascades[0]?.reached.map(({ state }) => state)).toEqual(["stopped", "stopped"]);
  });
});

it("a service that nobody told of the cancel and that worked on stands below its caller", () => {
  const { cascades } = diagnose([
    ...cancelled,
    ...span("C", "server", "c1", "b2", 3_500),
    ...span("D", "server", "d1", "c1", 3_400),
    ...span("E", "server", "e1", "a1", 100),
  ]);
  expect(cascades[0]?.reached.map(({ service, via, state }) => [service, via, state]).sort()).toEqual([
    ["B", "A", "stopped"],
    ["C", "B", "still-running"],
    ["D", "C", "still-running"],
  ]);
  expect(cascades[0]?.bystanders).toEqual(["E"]);
});
