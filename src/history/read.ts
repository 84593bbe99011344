/** A cascade out of what is kept of it: see pack.ts. What is left out there is null, false or empty here. */
import * as zlib from "node:zlib";
import {
  type CallFact,
  type Cascade,
  type Claim,
  CONFIDENCES,
  type Decision,
  type Evidence,
  type FailedAnswer,
  type FalseOrigin,
  type GhostService,
  type GhostWork,
  KINDS,
  type Origin,
  type Outcome,
  type Overruled,
  type Place,
  type ProcessFact,
  type Reached,
  type Reason,
  type RequestExtent,
  type RequestFact,
  type SourcePlace,
  type SpanPlace,
  type Testimony,
  type Trigger,
} from "../model/index.ts";
import {
  ABSENT,
  either,
  flag,
  instant,
  list,
  number,
  object,
  orNull,
  type Properties,
  type Read,
  text,
  word,
} from "./codec.ts";

/** A cascade of millions of hops would be none. */
const MOST_BYTES = 16 * 1024 * 1024;

const kind = word(KINDS);
const confidence = word(CONFIDENCES);
const side = word(["client", "server"]);
const observation = word(["started", "received", "relayed", "lost", "returned"]);
const no = { as: flag, or: false } as const;
const maybe = { as: orNull(text), or: null } as const;
const absent = { as: text, or: ABSENT } as const;
const when = { as: instant, or: ABSENT } as const;
const names = { as: list(text), or: ABSENT } as const;

const place: Read<Place> = either<Place>([
  object<SpanPlace>({ traceId: { as: text }, spanId: { as: text } }),
  object<SourcePlace>({
    source: { as: text },
    line: { as: number, or: ABSENT },
    byte: { as: number, or: ABSENT },
  }),
]);
const places = { as: list(place), or: [] as readonly Place[] };

const reasons = {
  as: list(object<Reason>({ rule: { as: text }, text: { as: text }, places })),
  or: [] as readonly Reason[],
};

const origin = object<Origin>({
  service: maybe,
  kind: { as: kind },
  code: { as: orNull(number), or: null },
  confidence: { as: confidence },
  reasons,
  external: absent,
  aliases: names,
  callSite: absent,
  intent: absent,
  overruled: {
    as: object<Overruled>({ by: { as: text }, note: { as: text, or: "" }, was: maybe }),
    or: ABSENT,
  },
});

const reached = object<Reached>({
  service: { as: text },
  aliases: names,
  state: { as: word(["stopped", "still-running", "silent"]), or: "stopped" },
  via: maybe,
  side: { as: side, or: "server" },
  at: when,
  delayMs: { as: number, or: ABSENT },
  observed: { as: flag, or: true },
  confidence: { as: confidence },
  places,
  evidenceCount: { as: number, or: 0 },
});

/** Stands for the trace id of evidence that is the cascade's. */
const SAME = "";
/** Stands before the place of a message in its text; no text of a log is kept with it. */
const PLACE = "\u0000in ";
/** What is not kept. */
const notKept = <T>(or: T): { readonly as: Read<never>; readonly or: T } => ({ as: () => undefined, or });
const extent = object<RequestExtent>({
  role: { as: word(["served", "sent", "step"]) },
  startAt: { as: orNull(instant), or: null },
});

const testimony: Properties<Testimony> = {
  dialect: { as: text, or: "" },
  service: maybe,
  serviceFrom: notKept(null),
  otherNames: notKept([]),
  peer: maybe,
  peerHint: notKept(null),
  address: notKept(null),
  serves: notKept(false),
  side: { as: orNull(side), or: null },
  operation: notKept(null),
  method: maybe,
  at: { as: orNull(instant), or: null },
  stepMs: notKept(ABSENT),
  traceId: { as: orNull(text), or: SAME },
  spanId: maybe,
  parentSpanId: notKept(null),
  request: { as: orNull(extent), or: null },
  cancelId: notKept(null),
  echo: no,
  text: { as: text, or: "" },
  place: { as: place },
  sighting: notKept(ABSENT),
};

const outcome = object<Outcome>({
  observation: { as: word(["started", "received", "relayed", "lost", "returned", "failed"]) },
  about: { as: word(["self", "caller", "callee", "connection"]), or: "self" },
  knowledge: { as: word(["fact", "reading", "hearsay"]), or: "reading" },
  kind: { as: kind },
  message: { as: text, or: "" },
  remote: maybe,
  intent: absent,
  answered: { as: flag, or: ABSENT },
});

/** Text, or where from and how long it stands in the text of its evidence: as `from-length` until that is known. */
const message: Read<string> = (value) =>
  Array.isArray(value) ? `${PLACE}${value.map(Number).join("-")}` : text(value);
const notSaid = {
  kind: { as: kind },
  code: { as: orNull(number), or: null },
  message: { as: message, or: "" },
} as const;
const claim = object<Claim>({
  ...testimony,
  ...notSaid,
  type: { as: word(["claim"]) },
  observation: { as: observation },
  about: notKept("self"),
  knowledge: notKept("reading"),
  path: { as: orNull(list(text)), or: null },
  foreignPath: notKept(false),
  caller: notKept(null),
  carriesDeadlines: notKept(false),
  ownSetting: notKept(false),
  breaksConnection: notKept(false),
  external: absent,
  callSite: absent,
  intent: absent,
  cutShort: notKept(ABSENT),
});
const answer = object<FailedAnswer>({
  ...testimony,
  ...notSaid,
  type: { as: word(["answer"]) },
  told: notKept(null),
  returned: notKept(false),
  afterEnd: notKept(false),
  carriesDeadlines: notKept(false),
});
const request = object<RequestFact>({
  ...testimony,
  request: { as: extent },
  type: { as: word(["request"]) },
  status: { as: word(["ok", "error", "unset"]), or: "unset" },
  protocol: { as: orNull(word(["http", "rpc", "messaging"])), or: null },
  answer: maybe,
  outcome: { as: orNull(outcome), or: null },
  host: notKept(null),
  language: notKept(null),
  caller: maybe,
  carriesDeadlines: notKept(false),
  endsWithCaller: notKept(false),
  waitedInVain: notKept(false),
});
const evidence: Read<Evidence> = either<Evidence>([
  claim,
  answer,
  request,
  object<CallFact>({ ...testimony, type: { as: word(["call"]) } }),
  object<ProcessFact>({
    ...testimony,
    type: { as: word(["process"]) },
    happened: { as: word(["started", "stopping", "crashed"]) },
    saidBy: maybe,
  }),
  object<Decision>({
    ...testimony,
    type: { as: word(["decision"]) },
    intent: { as: text, or: "" },
    external: maybe,
  }),
  object<GhostWork>({
    ...testimony,
    type: { as: word(["ghost"]) },
    durationMs: { as: number },
    messages: { as: orNull(number), or: null },
  }),
]);

const cascade: Read<Cascade> = object<Cascade>({
  id: { as: text },
  aliases: { as: list(text), or: [] },
  traceId: absent,
  count: { as: number, or: 1 },
  exemplars: names,
  origin: { as: origin },
  trigger: {
    as: object<Trigger>({
      service: { as: text },
      text: { as: text },
      delayMs: { as: number, or: ABSENT },
      place: { as: place, or: ABSENT },
    }),
    or: ABSENT,
  },
  falseOrigins: { as: list(object<FalseOrigin>({ service: { as: text }, reasons })), or: [] },
  reached: { as: list(reached), or: [] },
  ghosts: {
    as: list(
      object<GhostService>({
        service: { as: text },
        durationMs: { as: number },
        messages: { as: number, or: 0 },
        places,
      }),
    ),
    or: ABSENT,
  },
  bystanders: names,
  firstAt: when,
  lastAt: when,
  evidence: { as: list(evidence), or: [] },
  evidenceCount: { as: number, or: 0 },
});

/** The cascade of a body, text or compressed alone; null where it is damaged. */
export function readCascade(body: unknown): Cascade | null {
  try {
    if (typeof body === "string") return cascadeOf(JSON.parse(body));
    if (!(body instanceof Uint8Array)) return null;
    return cascadeOf(JSON.parse(zlib.zstdDecompressSync(body, { maxOutputLength: MOST_BYTES }).toString()));
  } catch {
    return null;
  }
}

function cascadeOf(json: unknown): Cascade | null {
  const found = cascade(json);
  if (found === undefined) return null;
  const { traceId = null } = found;
  return { ...found, evidence: found.evidence.map((each) => completed(each, traceId)) };
}

/** Evidence with what it shares with its cascade, and a message that is a part of its text. */
function completed(evidence: Evidence, traceId: string | null): Evidence {
  const whole = evidence.traceId === SAME ? { ...evidence, traceId } : evidence;
  if (!("message" in whole) || !whole.message.startsWith(PLACE)) return whole;
  const [from = 0, length = 0] = whole.message.slice(PLACE.length).split("-").map(Number);
  return { ...whole, message: whole.text.slice(from, from + length) };
}
