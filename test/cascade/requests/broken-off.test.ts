import { describe, expect, it } from "vitest";
import { aborted, failed, left, type More, sent, served, stories } from "../../support/requests.ts";

/** A server that records a status of whole responses only, and says of others that they broke off. */
const java: More = { language: "java", endsWithCaller: false };
const broken: More = {
  ...left({ knowledge: "reading", message: "ended before its response had" }),
  ...java,
  answer: null,
  status: "unset",
};

describe("a response of which its server says, without an error, that it broke off", () => {
  /** Calls are recorded until their answers begin. */
  const trace = (gateway: More, agent: More, model: More, ends: readonly number[] = [954, 939, 937]) => [
    served("gateway", "g", null, [0, ends[0] ?? 0], gateway),
    sent("gateway", "ga", "g", [43, 217], java),
    served("agent", "a", "ga", [82, ends[1] ?? 0], agent),
    sent("agent", "am", "a", [136, 287], java),
    served("model", "m", "am", [205, ends[2] ?? 0], model),
  ];

  it("was perhaps left by its client, in whatever order the services noticed", () => {
    const told = ["gateway disconnect weak, by the HTTP client of gateway -> agent, model"];
    expect(stories(trace(broken, broken, broken))).toEqual(told);
    expect(stories(trace(broken, broken, broken, [937, 939, 954]))).toEqual(told);
  });

  it("cut nobody where nothing below it says the same", () => {
    expect(stories(trace(broken, java, java))).toEqual([]);
    expect(stories(trace(java, java, broken))).toEqual(["agent cancel weak, by perhaps gateway -> model"]);
  });

  it("was whole where it has a status", () => {
    expect(stories(trace(java, java, java))).toEqual([]);
  });

  it("is no sign where the record is an error's: its text may be about another client", () => {
    expect(stories([served("agent", "a", null, [0, 900], { ...broken, status: "error" })])).toEqual([]);
  });

  it("did not come from a caller that got an error", () => {
    const error: More = { ...java, ...failed({ about: "self" }), answer: "500" };
    const [edge, call, ...below] = trace(error, broken, broken);
    const answered = { ...call, ...failed(), answer: "500" } as typeof edge;
    expect(stories([edge, answered, ...below].flatMap((each) => (each === undefined ? [] : [each])))).toEqual([
      expect.stringMatching(/^agent disconnect weak|^agent cancel weak/),
    ]);
  });

  it("was left by a service without a span where the one above that was answered", () => {
    const [edge, call, , , model] = trace(java, broken, broken);
    const orphan = { ...model, parentSpanId: "never-came" } as typeof edge;
    expect(stories([edge, call, orphan].flatMap((each) => (each === undefined ? [] : [each])))).toEqual([
      expect.stringMatching(/^null disconnect weak, by a service without a span between gateway and model -> model$/),
    ]);
  });
});

describe("a service that ended its call, and whose own response has a status", () => {
  const trace = (gateway: More, model: More, end: number) => [
    served("gateway", "g", null, [0, end], gateway),
    sent("gateway", "gm", "g", [30, 729], { ...aborted(), ...java, answer: null }),
    served("model", "m", "gm", [40, 754], model),
  ];

  it("did that itself where responses that break off have none in the same language", () => {
    expect(stories(trace(java, broken, 892))).toEqual(["gateway cancel strong -> model"]);
  });

  it("may have been left where its own ended in the same moment, or in another language", () => {
    const perhaps = ["gateway cancel weak, by perhaps the HTTP client of gateway -> model"];
    expect(stories(trace(java, broken, 731))).toEqual(perhaps);
    expect(stories(trace({ ...java, language: "python" }, broken, 892))).toEqual(perhaps);
    expect(stories(trace({ ...java, language: null }, { ...broken, language: null }, 892))).toEqual(perhaps);
  });
});

describe("an answer that had begun, of which its server has no status", () => {
  const python: More = { language: "python", endsWithCaller: false };
  const trace = (agent: More, model: More, answer = "200", end = 700) => [
    served("agent", "a", null, [0, 727], agent),
    sent("agent", "am", "a", [14, 20], { ...python, answer }),
    served("model", "m", "am", [19, end], { ...model, answer: null }),
  ];

  it("was perhaps given up by the one that had asked, whose own response has one", () => {
    const perhaps = ["agent cancel weak, by perhaps the HTTP client of agent -> model"];
    expect(stories(trace(python, python))).toEqual(perhaps);
    expect(stories(trace(python, python, "200", 760))).toEqual(perhaps);
  });

  it("says nothing where the two are of different makes, or it was no answer with a body", () => {
    expect(stories(trace({ ...python, language: "go" }, python))).toEqual([]);
    expect(stories(trace(python, python, "101"))).toEqual([]);
    expect(stories(trace(python, { ...python, ...failed({ about: "self" }) }))).toEqual([]);
  });
});
