/**
 * A cascade as the text that is kept of it. Of its evidence at most 40 pieces are kept, of a text at most 1,024 signs, and nothing that only the
 * engine asks for: who can know how much, what could join a line to others. What is null, false or empty is left out, and the trace id of
 * evidence where it is the cascade's; see read.ts.
 */
import type {
  Cascade,
  Claim,
  Evidence,
  FailedAnswer,
  Instant,
  Outcome,
  Reached,
  Reason,
  RequestExtent,
} from "../model/index.ts";

/** Of a text so many signs are kept. */
export const TEXT_LENGTH = 1_024;
/** So many pieces of evidence are kept of a cascade. */
export const MOST_EVIDENCE = 40;

/** The JSON that is kept of a cascade. */
export function packCascade(cascade: Cascade): string {
  const { origin, trigger, evidence } = cascade;
  return JSON.stringify({
    ...cascade,
    aliases: list(cascade.aliases),
    exemplars: list(cascade.exemplars),
    origin: { ...origin, reasons: origin.reasons.map(packReason), aliases: list(origin.aliases) },
    trigger: trigger === undefined ? undefined : { ...trigger, text: short(trigger.text) },
    falseOrigins: list(
      cascade.falseOrigins.map(({ service, reasons }) => ({ service, reasons: reasons.map(packReason) })),
    ),
    reached: list(cascade.reached.map(packReached)),
    firstAt: instant(cascade.firstAt),
    lastAt: instant(cascade.lastAt),
    evidence: list(evidence.slice(0, MOST_EVIDENCE).map((each) => packEvidence(each, cascade.traceId ?? null))),
  });
}

function packReason({ rule, text, places }: Reason): object {
  return { rule, text: short(text), places: list(places) };
}

function packReached(reached: Reached): object {
  const { state, side, observed } = reached;
  return {
    ...reached,
    aliases: list(reached.aliases),
    state: state === "stopped" ? undefined : state,
    side: side === "server" ? undefined : side,
    observed: observed ? undefined : false,
    at: instant(reached.at),
    places: list(reached.places),
  };
}

function packEvidence(evidence: Evidence, traceId: string | null): object {
  return {
    type: evidence.type,
    dialect: evidence.dialect,
    service: some(evidence.service),
    peer: some(evidence.peer),
    side: some(evidence.side),
    method: some(evidence.method),
    at: instant(evidence.at),
    traceId: evidence.traceId === traceId ? undefined : evidence.traceId,
    spanId: some(evidence.spanId),
    request: evidence.request === null ? undefined : packExtent(evidence.request),
    echo: yes(evidence.echo),
    text: short(evidence.text),
    place: evidence.place,
    ...packOwn(evidence),
  };
}

/** What only evidence of its type says. */
function packOwn(evidence: Evidence): object {
  switch (evidence.type) {
    case "claim":
      return {
        observation: evidence.observation,
        kind: evidence.kind,
        code: some(evidence.code),
        path: some(evidence.path),
        message: packMessage(evidence),
        external: evidence.external,
        callSite: evidence.callSite,
        intent: evidence.intent,
      };
    case "answer":
      return {
        kind: evidence.kind,
        code: some(evidence.code),
        message: packMessage(evidence),
      };
    case "request":
      return {
        status: evidence.status,
        protocol: some(evidence.protocol),
        answer: some(evidence.answer),
        outcome: evidence.outcome === null ? undefined : packOutcome(evidence.outcome),
      };
    case "process":
      return { happened: evidence.happened, saidBy: some(evidence.saidBy) };
    case "decision":
      return { intent: evidence.intent, external: some(evidence.external) };
    case "ghost":
      return { durationMs: evidence.durationMs, messages: some(evidence.messages) };
    case "call":
      return {};
  }
}

/** Most messages stand in their text: where from, and how long. */
function packMessage({ message, text }: Claim | FailedAnswer): string | readonly [number, number] {
  const from = message.length > 8 ? text.indexOf(message) : -1;
  return from < 0 || from + message.length > TEXT_LENGTH ? short(message) : [from, message.length];
}

function packExtent({ role, startAt }: RequestExtent): object {
  return { role, startAt: instant(startAt) };
}

function packOutcome(outcome: Outcome): object {
  return { ...outcome, message: short(outcome.message), remote: some(outcome.remote) };
}

/** JSON's numbers cannot hold the nanoseconds. */
function instant(at: Instant | null | undefined): string | undefined {
  return at === null || at === undefined ? undefined : String(at);
}

function short(text: string): string {
  return text.length > TEXT_LENGTH ? `${text.slice(0, TEXT_LENGTH)}…` : text;
}

function some<T>(value: T | null): T | undefined {
  return value ?? undefined;
}

function yes(value: boolean): true | undefined {
  return value || undefined;
}

function list<T>(values: readonly T[] | undefined): readonly T[] | undefined {
  return values === undefined || values.length === 0 ? undefined : values;
}
