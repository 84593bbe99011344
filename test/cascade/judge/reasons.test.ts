/** What people read of why a verdict is as it is. */
import { describe, expect, it } from "vitest";
import type { Claim, Evidence, Reason } from "../../../src/model/index.ts";
import { at, request } from "../../support/evidence.ts";
import { cascadesOf, failed, inTrace, known, received, relayed, started } from "../../support/scene.ts";

const lost = { kind: "disconnect", code: 12013 } as const;
const carried = { kind: "deadline", code: null, message: "over", carriesDeadlines: true } as const;

/** The claim on a line of a log of its own service. */
const on = (line: number, said: Claim): Claim => ({ ...said, place: { source: `${said.service}.log`, line } });

/** Reasons as `rule | text | SOURCE:LINE…`. */
function shown(reasons: readonly Reason[] = []): string[] {
  return reasons.map(({ rule, text, places }) =>
    [rule, text, places.map((place) => ("source" in place ? `${place.source}:${place.line}` : "span")).join(" ")].join(
      " | ",
    ),
  );
}

function why(...evidence: readonly Evidence[]): string[] {
  return shown(cascadesOf(...evidence)[0]?.origin.reasons);
}

describe("the reasons of a verdict", () => {
  const own = on(1, started(0, "gateway", "chat"));

  it("tell of the origin's own text and of the paths below, with their lines", () => {
    expect(why(own, on(4, received(1, "chat", ["gateway"])))).toEqual([
      "own-text | gateway says that it cancelled the stream itself | gateway.log:1",
      "path-names-origin | the services below received a path that begins with gateway | chat.log:4",
    ]);
  });

  it("tell of a timer and of a handler that returned in their own words", () => {
    expect(why({ ...own, kind: "deadline", code: 12015 })).toEqual([
      "own-text | gateway says that its own timer fired | gateway.log:1",
    ]);
    expect(why({ ...own, kind: "handler-return", code: 12012 })).toEqual([
      "own-text | gateway says that its handler returned while the stream was open | gateway.log:1",
    ]);
  });

  it("tell what links the services below", () => {
    expect(why(on(4, received(1, "chat", null, { caller: { name: "gateway" } })))).toEqual([
      "named-by-neighbour | the next service names gateway as its caller, and knows no further | chat.log:4",
    ]);
    expect(why(own, on(4, received(1, "chat", null)))[1]).toBe(
      "cancel-arrived | gateway ended its own stream to chat when the cancel arrived there | chat.log:4",
    );
    expect(why({ ...own, peer: null }, on(4, received(1, "chat", null))).slice(1)).toEqual([
      "near-in-time | what happened at chat at the same time fits no other cause | chat.log:4",
      "by-time-only | the link to the services below rests on time alone | ",
    ]);
    expect(why(known("gateway", "chat"), on(4, received(0, "chat", null, carried)))).toEqual([
      "only-caller | a deadline that had come with the call ended chat, and gateway is the only known caller | chat.log:4",
    ]);
  });

  it("tell what makes it doubtful", () => {
    const chat = on(2, started(0, "chat", "model"));
    expect(why(known("gateway", "chat"), chat)[1]).toBe(
      "origin-unverified | chat has callers itself, and nothing shows what they did: it may only have passed a cancel on | ",
    );
    expect(why(known("gateway", "chat"), { ...chat, ...carried, code: 4 })[1]).toBe(
      "deadline-may-be-inherited | deadlines travel with the calls here: chat's timer may be its caller's | ",
    );
    expect(why({ ...own, knowledge: "hearsay" })[1]).toBe(
      "hearsay | the status that gateway writes is passed on unchanged from service to service: it may be another one's | gateway.log:1",
    );
  });

  it("tell what makes it sure", () => {
    const chat = [known("gateway", "chat"), on(2, started(0, "chat", "model"))];
    const told = { depth: 1, observation: "started", kind: "cancel", message: "" } as const;
    expect(why(...chat, failed(1, "gateway", "chat", { told }))[1]).toBe(
      "caller-told | the caller of chat got this cancel as an answer, so it did not send it | ",
    );
    expect(why(...chat, failed(1, "gateway", "chat"))[1]).toBe(
      "caller-failed | the caller of chat got an error as an answer, so it did not cancel the call | ",
    );
    expect(why({ ...own, knowledge: "fact" })[1]).toBe(
      "runtime-knows | the runtime of gateway knows that the cancel began there | gateway.log:1",
    );
    const span = request({ service: "chat", side: "client", spanId: "c", at: at(5) });
    expect(why(known("gateway", "chat"), ...inTrace([on(2, started(0, "chat", "model")), span]))[1]).toBe(
      "trace-root | chat has no caller in the trace | chat.log:2",
    );
  });

  it("tell of a connection that was lost, and of whoever is gone", () => {
    const below = on(3, received(0, "model", null, lost));
    const noticed =
      "connection-lost | model lost the connection to its caller; its text does not name the caller | model.log:3";
    expect(why(below)).toEqual([noticed]);
    expect(why(known("chat", "model"), below)).toEqual([
      noticed,
      "only-caller | chat is the only known caller of model | ",
    ]);
    expect(why(below, on(7, started(1, "chat", "agent", { ...lost, observation: "lost", about: "callee" })))).toEqual([
      noticed,
      "died-between | a caller of agent lost its connection to agent at the same time: the process between them is gone | chat.log:7",
    ]);
    expect(
      why(below, on(7, started(1, "agent", "model", { ...lost, observation: "lost", breaksConnection: true }))),
    ).toEqual([
      noticed,
      "broken-by-caller | agent broke the connection itself: its stack met a frame it did not expect | agent.log:7",
    ]);
    const returned = on(6, received(-5, "chat", null, { observation: "returned", kind: "handler-return" }));
    expect(why(known("chat", "model"), ...inTrace([below, returned]))).toEqual([
      "handler-returned-first | the handler of chat had already returned and left this stream open; the broken connection only ended it sooner | chat.log:6",
      noticed,
    ]);
  });

  it("tell what came from a peer without a name", () => {
    const twice = [on(1, received(0, "chat", null)), on(2, received(1, "agent", null))];
    expect(why(...twice)).toEqual([
      "unnamed-origin | the cancel came from the unnamed peer above chat, agent | chat.log:1 agent.log:2",
    ]);
    expect(cascadesOf(...twice)[0]?.origin.external).toBe("the unnamed peer above chat, agent");
    const reset = on(1, received(0, "chat", null, { kind: "reset", code: 13 }));
    expect(why(reset)).toEqual([
      "unnamed-origin | chat received a reset that no service of the chain raises: a proxy without a name sent it | chat.log:1",
    ]);
    expect(cascadesOf(reset)[0]?.origin.external).toBe("a proxy without a name above chat");
  });
});

describe("the reasons why a service is a false origin", () => {
  const mine = on(9, started(2, "chat", "model"));
  function whyNot(...evidence: readonly Evidence[]): string[] {
    return shown(cascadesOf(...evidence)[0]?.falseOrigins[0]?.reasons);
  }

  it("tell of its own incoming cancel, by the caller's name if it is known", () => {
    const text = (from: string) =>
      `own-incoming-cancel | chat had itself been cancelled by ${from}; its context forgot that, so its error has no path | chat.log:3 chat.log:9`;
    expect(whyNot(started(0, "gateway", "chat"), on(3, received(1, "chat", ["gateway"])), mine)).toEqual([
      text("gateway"),
    ]);
    expect(whyNot(on(3, received(1, "chat", null)), mine)).toEqual([text("its caller")]);
    expect(whyNot(on(3, relayed(1, "chat", null, "search", { caller: { name: "edge" } })), mine)).toEqual([
      text("edge"),
    ]);
    expect(whyNot(on(3, received(1, "chat", [""])), mine)).toEqual([text("its caller")]);
  });

  it("tell of its caller's end towards it, or of what happened at the same moment", () => {
    expect(whyNot(on(1, started(0, "gateway", "chat")), mine)).toEqual([
      "caller-cancelled | gateway ended its own stream to chat at that time | gateway.log:1 chat.log:9",
    ]);
    expect(whyNot(known("gateway", "chat"), on(1, started(0, "edge", null)), mine)).toEqual([
      "near-in-time | edge cancelled at the same moment, and chat has callers | edge.log:1 chat.log:9",
    ]);
  });

  it("are five at most", () => {
    const many = Array.from({ length: 8 }, (_, index) => started(2, "chat", "model", { message: `cancel ${index}` }));
    const handlers = many.map((_, index) => received(1 + index / 10, "chat", ["gateway"]));
    const [first] = cascadesOf(...inTrace([started(0, "gateway", "chat"), ...handlers, ...many]));
    expect(first?.falseOrigins.map(({ reasons }) => reasons.length)).toEqual([5]);
  });
});
