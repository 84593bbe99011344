import type {
  CallFact,
  Claim,
  FailedAnswer,
  GhostWork,
  ProcessFact,
  RequestFact,
  Testimony,
} from "../../src/model/index.ts";

const UNSAID: Testimony = {
  dialect: "test",
  service: null,
  serviceFrom: "field",
  otherNames: [],
  peer: null,
  peerHint: null,
  address: null,
  serves: false,
  side: "server",
  operation: null,
  method: null,
  at: null,
  traceId: null,
  spanId: null,
  parentSpanId: null,
  request: null,
  cancelId: null,
  echo: false,
  text: "",
  place: { source: "test.log" },
};

/** A claim with everything unsaid that a test does not say. */
export function claim(fields: Partial<Claim>): Claim {
  const { observation = "received" } = fields;
  return {
    ...UNSAID,
    type: "claim",
    observation,
    about: observation === "received" || observation === "relayed" ? "caller" : "self",
    knowledge: "reading",
    kind: "cancel",
    code: 12007,
    path: null,
    foreignPath: false,
    message: "",
    caller: null,
    carriesDeadlines: false,
    ownSetting: false,
    breaksConnection: false,
    ...fields,
  };
}

/** An answer that failed, with everything unsaid that a test does not say. */
export function answer(fields: Partial<FailedAnswer>): FailedAnswer {
  return {
    ...UNSAID,
    type: "answer",
    side: "client",
    kind: "error",
    code: null,
    message: "",
    told: null,
    returned: true,
    afterEnd: false,
    carriesDeadlines: false,
    ...fields,
  };
}

/** A record that only says who calls whom. */
export function callFact(fields: Partial<CallFact>): CallFact {
  return { ...UNSAID, type: "call", echo: true, ...fields };
}

/** A request, by default one that was served and ended well. */
export function request(fields: Partial<RequestFact>): RequestFact {
  return {
    ...UNSAID,
    type: "request",
    request: { role: "served", startAt: null },
    operation: "span",
    echo: true,
    status: "unset",
    protocol: null,
    answer: null,
    outcome: null,
    host: null,
    language: null,
    caller: null,
    carriesDeadlines: false,
    endsWithCaller: false,
    waitedInVain: false,
    ...fields,
  };
}

/** Something that happened to a process. */
export function processFact(fields: Partial<ProcessFact>): ProcessFact {
  return { ...UNSAID, type: "process", happened: "started", saidBy: null, ...fields };
}

/** Work that went on for two seconds after the cancel. */
export function ghost(fields: Partial<GhostWork>): GhostWork {
  return { ...UNSAID, type: "ghost", operation: "span", durationMs: 2_000, messages: null, ...fields };
}

/** The instant so many milliseconds after a fixed one. */
export function at(ms: number): bigint {
  return 1_795_000_000_000_000_000n + BigInt(Math.round(ms * 1e6));
}
