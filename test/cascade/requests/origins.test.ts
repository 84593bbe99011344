import { describe, expect, it } from "vitest";
import type { Evidence } from "../../../src/model/index.ts";
import { diagnose } from "../../support/diagnose.ts";
import { at } from "../../support/evidence.ts";
import { aborted, failed, left, lost, RPC, sent, served, step, stories, timedOut } from "../../support/requests.ts";

describe("a caller outside that left", () => {
  it("is shown by a response that ended before the call that was made for it", () => {
    expect(
      stories([
        served("gateway", "g", null, [0, 786]),
        sent("gateway", "ga", "g", [20, 787], aborted()),
        served("agent", "a", "ga", [40, 793]),
        sent("agent", "am", "a", [60, 794], aborted()),
        served("model", "m", "am", [80, 804]),
      ]),
    ).toEqual(["gateway disconnect strong, by the HTTP client of gateway -> agent, model"]);
  });

  it("is shown without a word by two services whose responses ended first", () => {
    const trace = [
      served("gateway", "g", null, [0, 786]),
      sent("gateway", "ga", "g", [20, 787]),
      served("agent", "a", "ga", [40, 793]),
      sent("agent", "am", "a", [60, 794]),
      served("model", "m", "am", [80, 795]),
    ];
    expect(stories(trace)).toEqual(["gateway disconnect strong, by the HTTP client of gateway -> agent, model"]);
    // One inversion alone happens where an answer is not read to its end
    expect(stories(trace.slice(0, 3))).toEqual(["gateway disconnect weak, by the HTTP client of gateway -> agent"]);
    expect(stories([...trace.slice(0, 2), served("agent", "a", "ga", [40, 789])])).toEqual([]);
  });

  it("is likely where all below went on, because nobody told it", () => {
    const trace = [
      served("gateway", "g", null, [0, 770]),
      sent("gateway", "ga", "g", [20, 3_110]),
      served("agent", "a", "ga", [40, 3_112]),
      sent("agent", "am", "a", [60, 3_108]),
      served("model", "m", "am", [80, 3_107]),
    ];
    expect(stories(trace)).toEqual([
      "gateway disconnect weak, by the HTTP client of gateway -> agent (still-running), model (still-running)",
    ]);
    const accepted = served("gateway", "g", null, [0, 770], { answer: "202" });
    expect(stories([accepted, ...trace.slice(1)])).toEqual([]);
    // Begun at the end, for nobody who waits
    expect(
      stories([trace[0] as never, sent("gateway", "ga", "g", [600, 3_110]), served("agent", "a", "ga", [610, 3_112])]),
    ).toEqual([]);
  });

  it("is known from a status, and then also by a service behind a proxy without a call of its own", () => {
    expect(
      stories([
        served("proxy", "p", null, [0, 800], { ...left(), endsWithCaller: false, answer: "499" }),
        served("gateway", "g", "p", [5, 801]),
        sent("gateway", "gm", "g", [20, 802], aborted()),
      ]),
    ).toEqual([
      "proxy disconnect strong, by the HTTP client of proxy -> gateway, unknown (called by gateway) (silent)",
    ]);
  });

  it("had not left where it has that status as its answer", () => {
    const status = { ...left(), answer: "499" };
    expect(
      stories([
        served("gateway", "g", null, [0, 800]),
        sent("gateway", "ga", "g", [5, 790], failed({ message: "status 499" })),
        served("agent", "a", "ga", [10, 785], status),
        sent("agent", "am", "a", [20, 780], aborted()),
      ]),
    ).toEqual([expect.stringMatching(/^agent cancel strong/)]);
  });

  it("of a call is shown by its status; of a request whose caller's span is missing it is never sure", () => {
    const cancelled = { ...RPC, ...left({ kind: "cancel", knowledge: "hearsay", message: "" }) };
    expect(stories([served("model", "m", null, [0, 700], cancelled)])).toEqual([
      "model cancel strong, by a caller of model that left no span -> ",
    ]);
    expect(stories([served("model", "m", "gone", [0, 700], cancelled)])).toEqual([
      "model cancel weak, by a caller of model that left no span -> ",
    ]);
  });
});

describe("a trace that is damaged", () => {
  it("is read all the same where requests are their own ancestors", () => {
    const trace = [
      served("gateway", "g", "am", [0, 9]),
      sent("agent", "am", "g", [1, 8]),
      served("x", "x", "x", [0, 9]),
    ];
    expect(stories(trace)).toEqual([]);
  });

  it("is not mended where a lost request may belong to several calls", () => {
    const trace = [
      served("gateway", "g", null, [0, 786]),
      sent("gateway", "ga", "g", [20, 787], aborted()),
      served("model", "m", "lost", [80, 804]),
    ];
    expect(stories(trace)).toEqual([expect.stringContaining("-> unknown (called by gateway) (silent), model")]);
    const second = sent("gateway", "gb", "g", [20, 787], aborted());
    expect(stories([...trace, second])).toEqual([
      expect.stringMatching(/-> unknown \(called by gateway\) \(silent\)$/),
    ]);
  });
});

describe("a service's own end of a call", () => {
  it("is its timer's also where it answered before it let go of the call", () => {
    expect(
      stories([
        served("agent", "a", null, [0, 750]),
        sent("agent", "am", "a", [20, 753], timedOut()),
        served("model", "m", "am", [30, 755]),
      ]),
    ).toEqual(["agent deadline strong -> model"]);
  });

  it("long after its response is no more than likely its caller's doing", () => {
    expect(
      stories([
        served("agent", "a", null, [0, 700]),
        sent("agent", "am", "a", [20, 1_700], aborted()),
        served("model", "m", "am", [30, 1_702]),
      ]),
    ).toEqual([expect.stringMatching(/^agent disconnect weak/)]);
  });

  it("has words that no library has, also before an answer began", () => {
    const stop = failed({ about: "self", knowledge: "fact", message: "the user pressed stop" });
    expect(
      stories([
        served("gateway", "g", null, [0, 713]),
        sent("gateway", "ga", "g", [20, 702], { ...stop, answer: null }),
        served("agent", "a", "ga", [40, 709]),
      ]),
    ).toEqual(["gateway cancel strong -> agent"]);
  });

  it("says what was meant where its reason does", () => {
    const trace = (intent: string | undefined): Evidence[] => [
      served("gateway", "g", null, [0, 713]),
      sent("gateway", "ga", "g", [20, 702], aborted({ ...(intent === undefined ? {} : { intent }) })),
      served("agent", "a", "ga", [40, 709]),
    ];
    const meant = (intent?: string): unknown => diagnose(trace(intent)).cascades.map(({ origin }) => origin.intent);
    expect(meant("stop")).toEqual(["stop"]);
    expect(meant()).toEqual([undefined]);
  });

  it("is likely where its request ended without any answer while the callee was at work", () => {
    const trace = (answer: string | null) => [
      served("gateway", "g", null, [0, 760]),
      sent("gateway", "ga", "g", [20, 700], { answer }),
      served("agent", "a", "ga", [40, 720]),
    ];
    expect(stories(trace(null))).toEqual([expect.stringMatching(/^gateway cancel weak/)]);
    // A span that ended with the headers
    expect(stories(trace("200"))).toEqual([]);
  });

  it("is its own where its response went on: its caller was still there", () => {
    expect(
      stories([
        served("gateway", "g", null, [0, 713]),
        sent("gateway", "ga", "g", [20, 702], aborted({ message: "the user pressed stop" })),
        served("agent", "a", "ga", [40, 709]),
        sent("agent", "am", "a", [60, 711], aborted()),
        served("model", "m", "am", [80, 720]),
      ]),
    ).toEqual(["gateway cancel strong -> agent, model"]);
  });

  it("is weak where nothing shows whether its caller had left before", () => {
    expect(
      stories([
        served("gateway", "g", null, [0, 798.9], { endsWithCaller: false }),
        sent("gateway", "ga", "g", [1, 798.8], aborted()),
        served("agent", "a", "ga", [6, 799.1]),
      ]),
    ).toEqual(["gateway cancel weak, by perhaps the HTTP client of gateway -> agent"]);
  });

  it("is a timer's that fired, wherever its caller was", () => {
    expect(
      stories([
        served("gateway", "g", null, [0, 772]),
        sent("gateway", "ga", "g", [30, 770]),
        served("agent", "a", "ga", [49, 768]),
        sent("agent", "am", "a", [75, 756], timedOut()),
        served("model", "m", "am", [100, 776]),
      ]),
    ).toEqual(["agent deadline strong -> model"]);
  });

  it("may be its caller's deadline where calls carry theirs", () => {
    const call = { ...RPC, ...timedOut({ knowledge: "reading" }) };
    expect(
      stories([
        served("agent", "a", null, [0, 705], {
          ...RPC,
          ...timedOut({ observation: "received", about: "caller", knowledge: "hearsay" }),
        }),
        sent("agent", "am", "a", [5, 700], {
          ...call,
          outcome: { ...call.outcome, remote: "127.0.0.1:7000" } as never,
        }),
      ]),
    ).toEqual([expect.stringMatching(/^agent deadline weak, by perhaps a caller of agent/)]);
  });

  it("is an early end where the caller had its whole response", () => {
    expect(
      stories([
        served("gateway", "g", null, [0, 722]),
        sent("gateway", "ga", "g", [20, 720]),
        served("agent", "a", "ga", [40, 719]),
        sent("agent", "am", "a", [60, 721], aborted()),
        served("model", "m", "am", [80, 730]),
      ]),
    ).toEqual(["agent cancel strong -> model"]);
  });

  it("is no cancel at all where an answer that nobody needed was left unread", () => {
    expect(
      stories([
        served("gateway", "g", null, [0, 722]),
        sent("gateway", "ga", "g", [20, 720]),
        served("agent", "a", "ga", [40, 719]),
        sent("agent", "am", "a", [60, 721]),
        served("model", "m", "am", [80, 730]),
      ]),
    ).toEqual([]);
  });

  it("comes before what its caller does later", () => {
    expect(
      stories([
        served("gateway", "g", null, [0, 900]),
        sent("gateway", "ga", "g", [20, 901], aborted()),
        served("agent", "a", "ga", [40, 905]),
        sent("agent", "am", "a", [60, 300], aborted()),
        served("model", "m", "am", [80, 305]),
      ]),
    ).toEqual(["agent cancel strong -> model", "gateway disconnect strong, by the HTTP client of gateway -> agent"]);
  });

  it("is said by an exception of its handler where the call's own span ended with the headers", () => {
    expect(
      stories([
        served("agent", "a", null, [0, 800], { ...timedOut({ knowledge: "reading" }), endsWithCaller: false }),
        sent("agent", "am", "a", [20, 40]),
        served("model", "m", "am", [25, 803]),
      ]),
    ).toEqual(["agent deadline strong -> model"]);
  });

  it("is nothing where it only tidied up after a callee that was done", () => {
    expect(
      stories([
        served("gateway", "g", null, [0, 700]),
        sent("gateway", "ga", "g", [20, 690], aborted()),
        served("agent", "a", "ga", [40, 650]),
      ]),
    ).toEqual([]);
  });
});

describe("a call that was ended from below", () => {
  it("by a connection that closed has a callee without a span, which nobody names", () => {
    expect(stories([served("agent", "a", null, [0, 500]), sent("agent", "am", "a", [20, 490], lost())])).toEqual([
      "null disconnect weak, by the callee of agent at 127.0.0.1:7000, which left no span -> ",
    ]);
  });

  it("is told with the time at which it ended, and with nobody of those who waited as spared", () => {
    const trace = [
      served("gateway", "g", null, [0, 520]),
      sent("gateway", "ga", "g", [10, 510], failed()),
      served("agent", "a", "ga", [20, 500]),
      sent("agent", "am", "a", [30, 490], lost()),
    ];
    const [cascade] = diagnose([...trace, served("other", "o", "g", [15, 40])]).cascades;
    expect(cascade?.firstAt).toBe(at(490));
    expect(cascade?.evidence.map(({ spanId }) => spanId)).toEqual(["am"]);
    expect(cascade?.bystanders).toEqual(["other"]);
  });

  it("has the name of whoever was at work for it, though its request never ended", () => {
    const trace = [
      served("agent", "a", null, [0, 500]),
      sent("agent", "am", "a", [20, 490], lost()),
      step("model", "s1", "never-came", [40, 41]),
    ];
    expect(stories(trace)).toEqual(["model disconnect weak -> "]);
    const behind = served("model", "m", "never-came", [40, 300]);
    expect(stories([...trace.slice(0, 2), behind])).toEqual([expect.stringMatching(/^null disconnect weak/)]);
  });

  it("is named by its address where another trace shows who answers there", () => {
    const other = [
      sent("agent", "x1", "x0", [0, 9], { traceId: "b".repeat(32) }),
      served("model", "x2", "x1", [1, 8], { traceId: "b".repeat(32) }),
    ];
    const trace = [served("agent", "a", null, [0, 500]), sent("agent", "am", "a", [20, 490], lost())];
    expect(stories([...trace, ...other])).toEqual(["model disconnect strong -> "]);
    const rival = served("judge", "x4", "x3", [1, 8], { traceId: "c".repeat(32) });
    expect(
      stories([...trace, ...other, sent("agent", "x3", "x0", [0, 9], { traceId: "c".repeat(32) }), rival]),
    ).toEqual([expect.stringMatching(/^null disconnect weak/)]);
  });

  it("is not named by an address at which the service itself answers", () => {
    expect(
      stories([
        served("gateway", "g", null, [0, 520]),
        sent("gateway", "ga", "g", [10, 510]),
        served("agent", "a", "ga", [20, 500]),
        sent("agent", "am", "a", [30, 490], lost()),
      ]),
    ).toEqual([expect.stringMatching(/^null disconnect weak/)]);
  });

  it("had several callees where it was tried again; those that were over were not reached", () => {
    expect(
      stories([
        served("gateway", "g", null, [0, 713]),
        sent("gateway", "ga", "g", [20, 702], aborted()),
        served("first", "a", "ga", [40, 100]),
        served("second", "b", "ga", [110, 709]),
      ]),
    ).toEqual([expect.stringMatching(/-> second$/)]);
  });

  it("was reset by a callee that is still there", () => {
    expect(
      stories([
        served("agent", "a", null, [0, 500]),
        sent("agent", "am", "a", [20, 490], lost()),
        served("model", "m", "am", [30, 489]),
      ]),
    ).toEqual(["model reset strong -> "]);
  });

  it("is nothing where the connection had been dead before, was refused, or an error came back", () => {
    const trace = (more: object) => [served("agent", "a", null, [0, 500]), sent("agent", "am", "a", [20, 30], more)];
    expect(stories(trace({ ...lost(), answer: null }))).toEqual([]);
    expect(stories(trace(failed({ message: "connection refused" })))).toEqual([]);
    expect(stories([...trace(failed()), served("model", "m", "am", [22, 29], failed({ about: "self" }))])).toEqual([]);
  });

  it("was the service's own doing where its caller had left and the words do not say which end closed it", () => {
    const hangUp = lost({ about: "connection", message: "socket hang up" });
    expect(
      stories([
        served("gateway", "g", null, [0, 786]),
        sent("gateway", "ga", "g", [20, 787], hangUp),
        served("agent", "a", "ga", [40, 793]),
      ]),
    ).toEqual(["gateway disconnect strong, by the HTTP client of gateway -> agent"]);
  });
});

describe("a status that travels", () => {
  const status = (message: string, more: object = {}) => ({
    ...RPC,
    ...aborted({ knowledge: "reading", message, ...more }),
  });
  const returned = (message: string) => ({ ...RPC, ...left({ kind: "cancel", knowledge: "hearsay", message }) });

  it("is no more than likely the service's own where the one below left no span", () => {
    expect(
      stories([
        served("gateway", "g", null, [0, 337]),
        sent("gateway", "ga", "g", [6, 332], status("cancelled")),
        served("agent", "a", "ga", [38, 327], returned("cancelled")),
        sent("agent", "am", "a", [40, 328], status("cancelled")),
      ]),
    ).toEqual([expect.stringMatching(/^agent cancel weak/)]);
  });

  it("came from further down where its text names another call's end, or repeats a measured time", () => {
    const deadline = (remote: string | null, message: string) => ({
      ...RPC,
      ...timedOut({ knowledge: "reading", message, remote }),
    });
    const trace = (above: string | null, text: string) => [
      served("gateway", "g", null, [0, 744]),
      sent("gateway", "ga", "g", [3, 736], { ...deadline(above, text), address: "127.0.0.1:7001" }),
      served("agent", "a", "ga", [24, 737], {
        ...RPC,
        ...timedOut({ observation: "received", about: "caller", knowledge: "hearsay" }),
      }),
      sent("agent", "am", "a", [25, 729], {
        ...deadline("127.0.0.1:7002", "deadline exceeded after 0.697s, at once"),
        address: "127.0.0.1:7002",
      }),
    ];
    expect(stories(trace("127.0.0.1:7002", "x"))).toEqual([expect.stringMatching(/^agent deadline strong/)]);
    expect(stories(trace(null, "deadline exceeded after 0.697s, at once"))).toEqual([
      expect.stringMatching(/^agent deadline strong/),
    ]);
    expect(stories(trace("127.0.0.1:7001", "x"))).toEqual([expect.stringMatching(/^gateway deadline strong/)]);
  });

  it("does not say that the caller did it where two hosts leave the order open", () => {
    const other = { address: "10.0.0.1:7000" };
    expect(
      stories([
        served("gateway", "g", null, [0, 340]),
        sent("gateway", "ga", "g", [6, 300], { ...status("cancelled"), ...other }),
        served("agent", "a", "ga", [38, 290], returned("cancelled")),
        sent("agent", "am", "a", [40, 289], { ...status("cancelled"), ...other }),
        served("model", "m", "am", [50, 330], returned("")),
      ]),
    ).toEqual([expect.stringMatching(/^agent cancel weak/)]);
  });

  it("is the caller's own where the callee ended well after it", () => {
    expect(
      stories([
        served("gateway", "g", null, [0, 337]),
        sent("gateway", "ga", "g", [6, 300], { ...status("cancelled"), address: "10.0.0.1:7000" }),
        served("agent", "a", "ga", [38, 310], { ...RPC, status: "ok" }),
      ]),
    ).toEqual(["gateway cancel strong -> agent"]);
  });

  it("is never sure of its way between two hosts", () => {
    const other = { address: "10.0.0.1:7000" };
    expect(
      stories([
        served("gateway", "g", null, [0, 337], { ...RPC, status: "ok" }),
        sent("gateway", "ga", "g", [6, 300], { ...status("cancelled"), ...other }),
        served("agent", "a", "ga", [38, 500], returned("cancelled")),
      ]),
    ).toEqual([expect.stringMatching(/^gateway cancel weak/)]);
  });
});
