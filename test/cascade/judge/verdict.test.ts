import { describe, expect, it } from "vitest";
import type { Claim, Evidence } from "../../../src/model/index.ts";
import { at, request } from "../../support/evidence.ts";
import {
  cascadesOf,
  failed,
  inTrace,
  known,
  origins,
  outlines,
  received,
  relayed,
  started,
} from "../../support/scene.ts";

const reached = (service: string, path: readonly string[]) => received(1, service, path);

describe("a verdict on a cancel", () => {
  it("of a service without callers is proven with the line of one it reached, strong without", () => {
    const own = started(0, "gateway", "chat");
    expect(outlines(own, reached("chat", ["gateway"]))).toMatchObject([
      { origin: "gateway cancel proven", rules: ["own-text", "path-names-origin"] },
    ]);
    expect(outlines(own)).toMatchObject([{ origin: "gateway cancel strong", rules: ["own-text"] }]);
  });

  it("that only a path tells of is strong, for the name is all there is", () => {
    expect(outlines(reached("chat", ["gateway"]))).toMatchObject([
      { origin: "gateway cancel strong", rules: ["path-names-origin"] },
    ]);
  });

  it("that only a neighbour tells of is weak, for nobody knows who called that one", () => {
    expect(outlines(received(1, "chat", null, { caller: { name: "gateway" } }))).toMatchObject([
      { origin: "gateway cancel weak", rules: ["named-by-neighbour"] },
    ]);
  });

  it("is weak for a service with callers that say nothing", () => {
    expect(
      outlines(known("edge", "gateway"), started(0, "gateway", "chat"), reached("chat", ["gateway"])),
    ).toMatchObject([{ origin: "gateway cancel weak", rules: ["own-text", "path-names-origin", "origin-unverified"] }]);
  });

  it("is weak where the text is a status that travels up unchanged", () => {
    const hearsay = started(0, "gateway", "chat", { knowledge: "hearsay" });
    expect(outlines(hearsay, reached("chat", ["gateway"]))).toMatchObject([
      { origin: "gateway cancel weak", rules: ["own-text", "path-names-origin", "hearsay"] },
    ]);
    const reading = started(1, "gateway", "chat", { operation: "send" });
    expect(origins(hearsay, reading, reached("chat", ["gateway"]))).toEqual(["gateway cancel proven"]);
  });

  it("is proven by a runtime that knows that the cancel began there, whoever calls the service; strong while nobody was reached", () => {
    const fact = started(0, "chat", "model", { knowledge: "fact", cancelId: "c1" });
    expect(outlines(known("gateway", "chat"), fact, reached("model", ["chat"]))).toMatchObject([
      { origin: "chat cancel proven", rules: ["own-text", "path-names-origin", "runtime-knows"] },
    ]);
    expect(outlines(known("gateway", "chat"), fact)).toMatchObject([
      { origin: "chat cancel strong", rules: ["own-text", "runtime-knows"] },
    ]);
  });

  it("is weak where every line of it is cut, for a path may have followed; one whole line is enough", () => {
    const cut = started(0, "gateway", "chat", { cutShort: true });
    expect(outlines(cut)).toMatchObject([{ origin: "gateway cancel weak", rules: ["own-text", "line-cut"] }]);
    const whole = started(1, "gateway", "chat", { operation: "send" });
    expect(origins(cut, whole, reached("chat", ["gateway"]))).toEqual(["gateway cancel proven"]);
  });

  it("has no name where the line is cut in the first name of its path, and says why", () => {
    const [cascade] = cascadesOf(received(1, "chat", null, { cutShort: true }));
    expect(cascade?.origin).toMatchObject({ service: null, confidence: "weak" });
    expect(cascade?.origin.reasons.map(({ rule }) => rule)).toEqual(["unnamed-origin", "line-cut"]);
    expect(origins(started(0, "gateway", "chat"), received(1, "chat", null, { cutShort: true }))).toEqual([
      "gateway cancel proven",
    ]);
  });

  it("is weak where nothing but the name of a file says whose line it is, and nobody else knows that name", () => {
    const pasted = started(0, "paste", null, { serviceFrom: "file" });
    expect(outlines(pasted)).toMatchObject([{ origin: "paste cancel weak", rules: ["own-text", "file-name-only"] }]);
    // Another file, a caller, a service that it reached, a name of its own
    expect(origins(pasted, known("chat", "model"))).toEqual(["paste cancel strong"]);
    expect(origins(pasted, reached("chat", ["paste"]))).toEqual(["paste cancel proven"]);
    expect(origins(started(0, "paste", null))).toEqual(["paste cancel strong"]);
  });

  it("is weak where whoever was reached below writes in the same file, which then is not one service's", () => {
    const file = { serviceFrom: "file" } as const;
    const own = started(0, "paste", null, { ...file, operation: "send" });
    const again = started(2, "paste", null, file);
    expect(
      outlines(own, received(1, "paste", ["agent"], { ...file, side: "client", observation: "relayed" }), again),
    ).toMatchObject([{ origin: "agent cancel weak", rules: ["own-text", "path-names-origin", "name-in-doubt"] }]);
    // A service that calls itself, by the name that it gives; another one's file
    const itself = [started(0, "chat", "chat", { operation: "send" }), relayed(1, "chat", ["chat"], "chat")];
    expect(outlines(...itself).flatMap(({ rules }) => rules)).not.toContain("name-in-doubt");
    expect(origins(started(0, "chat", null, file), received(1, "model", ["chat"], file))).toEqual([
      "chat cancel proven",
    ]);
  });

  it("that its caller was told of is strong where no service below says so", () => {
    const told = { depth: 1, observation: "started", kind: "cancel", message: "" } as const;
    const scene = [known("gateway", "chat"), started(0, "chat", "model"), failed(1, "gateway", "chat", { told })];
    expect(origins(...scene)).toEqual(["chat cancel strong"]);
    expect(origins(...scene, received(1, "model", ["chat"]))).toEqual(["chat cancel proven"]);
  });

  it("lists twenty places at most", () => {
    const lines = Array.from({ length: 30 }, (_, index) =>
      started(index, "gateway", "chat", { operation: null, place: { source: "a.log", line: index } }),
    );
    expect(cascadesOf(...lines)[0]?.origin.reasons[0]?.places).toHaveLength(20);
  });

  it("says where in the code it was cancelled and what was meant, if a line does", () => {
    const [cascade] = cascadesOf(
      started(0, "gateway", "chat", { operation: "send" }),
      started(1, "gateway", "chat", { callSite: "chat.ts:7", intent: "stop" }),
    );
    expect(cascade?.origin).toMatchObject({ callSite: "chat.ts:7", intent: "stop" });
  });
});

describe("a verdict on a cancel in a trace", () => {
  const server = request({ service: "chat", side: "server", serves: true, spanId: "s", at: at(5) });
  const client = request({ service: "chat", side: "client", spanId: "c", at: at(5) });
  const cancel = [known("gateway", "chat"), ...inTrace([started(0, "chat", "model"), reached("model", ["chat"])])];

  it("is proven at the root: no span of the service was called by anyone", () => {
    expect(outlines(...cancel, ...inTrace([client]))).toMatchObject([
      { origin: "chat cancel proven", rules: ["own-text", "path-names-origin", "trace-root"] },
    ]);
    expect(origins(known("gateway", "chat"), ...inTrace([started(0, "chat", "model"), client]))).toEqual([
      "chat cancel strong",
    ]);
  });

  it("is weak where a span of the service was served, or none is there", () => {
    expect(origins(...cancel, ...inTrace([server]))).toEqual(["chat cancel weak"]);
    expect(origins(...cancel, ...inTrace([client, server]))).toEqual(["chat cancel weak"]);
    expect(origins(...cancel, ...inTrace([{ ...client, service: "model" }]))).toEqual(["chat cancel weak"]);
  });

  it("is not at the root only because a log line carries a span id", () => {
    const logged = started(0, "chat", "model", { spanId: "c" });
    expect(origins(known("gateway", "chat"), ...inTrace([logged, reached("model", ["chat"])]))).toEqual([
      "chat cancel weak",
    ]);
    expect(
      origins(
        known("gateway", "chat"),
        ...inTrace([{ ...logged, operation: "span" as const }, reached("model", ["chat"])]),
      ),
    ).toEqual(["chat cancel proven"]);
  });
});

describe("a verdict on a deadline", () => {
  const timer = (more: Partial<Claim> = {}) =>
    started(0, "chat", "model", { kind: "deadline", code: 12015, message: "over", ...more });
  const below = received(1, "model", ["chat"], { kind: "deadline", code: 12015, message: "over" });
  const served = known("gateway", "chat");

  it("is proven where calls carry none: a timer is a service's own", () => {
    expect(outlines(served, timer(), below)).toMatchObject([
      { origin: "chat deadline proven", rules: ["own-text", "path-names-origin"] },
    ]);
    expect(origins(served, timer())).toEqual(["chat deadline strong"]);
    expect(origins(served, below)).toEqual(["chat deadline strong"]);
  });

  it("is weak where calls carry it and the service has callers, proven where it has none", () => {
    expect(outlines(served, timer({ carriesDeadlines: true }), below)).toMatchObject([
      { origin: "chat deadline weak", rules: ["own-text", "path-names-origin", "deadline-may-be-inherited"] },
    ]);
    expect(origins(timer({ carriesDeadlines: true }), below)).toEqual(["chat deadline proven"]);
  });

  it("is proven where it is a setting of the service, whatever calls carry", () => {
    expect(origins(served, timer({ carriesDeadlines: true, ownSetting: true }), below)).toEqual([
      "chat deadline proven",
    ]);
  });

  const told = { depth: 1, observation: "started", kind: "deadline", message: "over" } as const;
  const answered = (ms: number, more = {}) => failed(ms, "gateway", "chat", { carriesDeadlines: true, told, ...more });

  it("is weak where the caller got it as an answer on a call that carried its own", () => {
    expect(outlines(served, timer(), below, answered(150))).toMatchObject([
      { origin: "chat deadline weak", rules: ["own-text", "path-names-origin", "deadline-may-be-inherited"] },
    ]);
    expect(origins(...inTrace([timer(), below, answered(5_000)]))).toEqual(["chat deadline weak"]);
  });

  it.each([
    ["half a second later", answered(500)],
    ["on a call without a deadline", answered(1, { carriesDeadlines: false })],
    ["of another service", answered(1, { peer: "search" })],
    ["about something else", answered(1, { told: { ...told, kind: "error" } })],
    ["without a word of what happened", answered(1, { told: null })],
    ["on the server side", answered(1, { side: "server" })],
    ["in its own words", answered(1, { service: "chat", peer: "chat" })],
  ])("is not doubted for an answer %s", (_, answer) => {
    expect(origins(served, timer(), below, answer)).toEqual(["chat deadline proven"]);
  });
});

describe("a verdict on a handler that returned", () => {
  it("is proven with the line of one it reached", () => {
    const over = { kind: "handler-return", code: 12012 } as const;
    const [cascade] = cascadesOf(
      known("gateway", "chat"),
      started(0, "chat", "model", over),
      received(1, "model", ["chat"], over),
    );
    expect(cascade?.origin).toMatchObject({ service: "chat", kind: "handler-return", confidence: "proven" });
    expect(cascade?.origin.reasons[0]?.text).toBe("chat says that its handler returned while the stream was open");
  });
});

describe("a lost connection in a trace", () => {
  const lost = received(10, "model", null, { kind: "disconnect", code: 12013 });
  const served = (ms: number) => request({ service: "chat", side: "server", serves: true, spanId: "s", at: at(ms) });
  const returned = (ms: number) => received(ms, "chat", null, { observation: "returned", kind: "handler-return" });
  const verdict = (...evidence: Evidence[]) => outlines(known("chat", "model"), ...inTrace([lost, ...evidence]));

  it("is a handler's return if that was over before", () => {
    for (const end of [served(5), returned(5)]) {
      expect(verdict(end)).toMatchObject([
        { origin: "chat handler-return strong", rules: ["handler-returned-first", "connection-lost"] },
      ]);
    }
  });

  it("is its caller's end if the handler was over only afterwards, or is another service's", () => {
    for (const end of [
      served(15),
      returned(15),
      { ...served(5), service: "search" },
      { ...served(5), serves: false },
    ]) {
      expect(verdict(end)).toMatchObject([
        { origin: "chat disconnect weak", rules: ["connection-lost", "only-caller"] },
      ]);
    }
  });

  it("without a trace is not asked for the handler's end", () => {
    expect(origins(known("chat", "model"), lost, returned(5))).toEqual(["chat disconnect weak"]);
  });
});
