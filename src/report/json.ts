/**
 * The report for programs: `scan --json` and `--format jsonl`. docs/scan.schema.json describes it; a test holds both together.
 */

import type { Cascade, Diagnosis, GhostService, Overruled, Place, Reached, Reason, Trigger } from "../model/index.ts";
import { formatInstant } from "../model/index.ts";
import type { Account, Findings, ReceiverSummary, StoreSummary } from "../present/index.ts";

const MAX_PLACES = 20;
const MAX_DIAGNOSTICS = 100;
const MAX_EXEMPLARS = 5;

/** A value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The whole report as one object. */
export function reportObject(findings: Findings): Json {
  const { diagnosis } = findings;
  return {
    version: 1,
    input: inputObject(findings),
    cascades: diagnosis.cascades.map(cascadeObject),
    origins: originRows(diagnosis),
    warnings: warningRows(diagnosis),
  };
}

/** The whole report as {@link stringify} writes it with an indent of 2, in parts: as one text ten thousand cascades take 40 MB, and as objects more. */
export function* reportParts(findings: Findings): Generator<string> {
  const { cascades } = findings.diagnosis;
  const whole = stringify(reportObject({ ...findings, diagnosis: { ...findings.diagnosis, cascades: [] } }), 2);
  const none = whole.indexOf(NO_CASCADES);
  if (cascades.length === 0 || none < 0) {
    yield `${whole}\n`;
    return;
  }
  const open = none + NO_CASCADES.length - 1;
  yield whole.slice(0, open);
  for (const [index, cascade] of cascades.entries()) {
    const text = stringify(cascadeObject(cascade), 2).replaceAll("\n", `\n${INDENT}`);
    yield `${index === 0 ? "" : ","}\n${INDENT}${text}`;
  }
  yield `\n  ${whole.slice(open)}\n`;
}

const INDENT = "    ";
/** How the list stands in a report without any; no text of a log can stand so, since a quote in it is escaped. */
const NO_CASCADES = '\n  "cascades": []';

/** The report as one line for each cascade and a last line with everything else; each line has a `type`. */
export function* reportLines(findings: Findings): Generator<string> {
  for (const cascade of findings.diagnosis.cascades) yield cascadeLine(cascade);
  yield summaryLine(findings);
}

/** One line about a cascade; `revision` counts the lines about the same one, from 1. */
export function cascadeLine(cascade: Cascade, revision?: number): string {
  return stringify({
    type: "cascade",
    ...(revision === undefined ? {} : { revision }),
    ...cascadeObject(cascade),
  });
}

/** One line that takes back what was said of a cascade: it is part of another one now, or there is none. */
export function withdrawnLine(id: string, revision: number, into: string | null): string {
  return stringify({ type: "withdrawn", id, revision, into });
}

/** The last line: everything but the cascades. */
export function summaryLine(findings: Findings): string {
  const { diagnosis } = findings;
  return stringify({
    type: "summary",
    version: 1,
    input: inputObject(findings),
    origins: originRows(diagnosis),
    warnings: warningRows(diagnosis),
  });
}

/**
 * Writes JSON in which nothing acts on a terminal: besides what JSON escapes by itself, C1 controls, DEL, direction marks and separators
 * are written as `\u` escapes. A parser reads the same value, but for halves of surrogate pairs: jq and others refuse the whole text because of
 * one of them, so they become U+FFFD.
 */
export function stringify(value: Json, indent = 0): string {
  const plain = JSON.stringify(value, null, indent);
  const text = HALF_PAIR.test(plain) ? JSON.stringify(value, wellFormed, indent) : plain;
  return text.replace(UNSAFE_IN_JSON, (text) =>
    [...Array(text.length).keys()].map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join(""),
  );
}

/** JSON.stringify writes so what is no half of a pair in the text; other texts may hold the same signs. */
const HALF_PAIR = /\\ud[89a-f][\da-f]{2}/;

function wellFormed(_: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}

const UNSAFE_IN_JSON =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

function inputObject({ input, diagnosis }: Findings): { readonly [key: string]: Json } {
  return {
    inputs: input.inputs,
    unread: input.unread,
    records: input.records,
    evidence: diagnosis.counts.evidence,
    unmatched: input.unmatched,
    late: diagnosis.counts.late,
    dropped: diagnosis.counts.dropped,
    diagnostics: input.diagnostics
      .slice(0, MAX_DIAGNOSTICS)
      .map(({ place, message }) => ({ place: placeObject(place), message })),
    diagnosticCount: input.diagnosticCount,
    ...(input.leftOut === undefined ? {} : { leftOut: input.leftOut }),
    unmatchedLines: input.unmatchedSample
      .slice(0, MAX_DIAGNOSTICS)
      .map(({ place, message }) => ({ place: placeObject(place), text: message })),
    ...(input.account === undefined ? {} : { read: accountObject(input.account) }),
    ...(input.receiver === undefined ? {} : { receiver: receiverObject(input.receiver) }),
    ...(input.stores === undefined ? {} : { stores: input.stores.map(storeObject) }),
  };
}

function accountObject({ services, moreServices, errors, unexplained, limits, advice }: Account): Json {
  const like = (all: Account["errors"]): Json =>
    all.map(({ text, place, count }) => ({ text, place: placeObject(place), count }));
  return {
    services: services.map(({ service, lines, spans }) => ({ service, lines, spans })),
    moreServices,
    errors: like(errors),
    unexplained: like(unexplained),
    limits,
    advice,
  };
}

function storeObject({ name, state, records, traces, rows, limits }: StoreSummary): Json {
  return { name, state, records, traces, rows, limits };
}

function receiverObject({ requests, refused, malformed, refusals, evicted, forward }: ReceiverSummary): Json {
  const byReason = refusals.map(({ port, status, reason, count, advice }) => ({ port, status, reason, count, advice }));
  return { requests, refused, malformed, refusals: byReason, evicted, notForwarded: forward?.dropped ?? 0 };
}

function cascadeObject(cascade: Cascade): { readonly [key: string]: Json } {
  const { origin, trigger } = cascade;
  return {
    id: cascade.id,
    ...(cascade.aliases.length === 0 ? {} : { aliases: cascade.aliases }),
    ...(cascade.traceId === undefined ? {} : { traceId: cascade.traceId }),
    count: cascade.count,
    ...(cascade.exemplars === undefined ? {} : { exemplars: cascade.exemplars.slice(0, MAX_EXEMPLARS) }),
    origin: {
      service: origin.service,
      kind: origin.kind,
      code: origin.code,
      confidence: origin.confidence,
      reasons: origin.reasons.map(reasonObject),
      ...(origin.external === undefined ? {} : { external: origin.external }),
      ...(origin.aliases === undefined || origin.aliases.length === 0 ? {} : { aliases: origin.aliases }),
      ...(origin.callSite === undefined ? {} : { callSite: origin.callSite }),
      ...(origin.intent === undefined ? {} : { intent: origin.intent }),
      ...(origin.overruled === undefined ? {} : { overruled: overruledObject(origin.overruled) }),
    },
    ...(trigger === undefined ? {} : { trigger: triggerObject(trigger) }),
    falseOrigins: cascade.falseOrigins.map(({ service, reasons }) => ({ service, reasons: reasons.map(reasonObject) })),
    reached: cascade.reached.map(reachedObject),
    ...(cascade.ghosts === undefined ? {} : { ghosts: cascade.ghosts.map(ghostObject) }),
    ...(cascade.bystanders === undefined ? {} : { bystanders: cascade.bystanders }),
    ...(cascade.firstAt === undefined ? {} : { firstAt: formatInstant(cascade.firstAt) }),
    ...(cascade.lastAt === undefined ? {} : { lastAt: formatInstant(cascade.lastAt) }),
    evidenceCount: cascade.evidenceCount,
  };
}

function overruledObject({ by, note, was }: Overruled): Json {
  return { by, note, was };
}

function reachedObject(reached: Reached): Json {
  return {
    service: reached.service,
    ...(reached.aliases === undefined || reached.aliases.length === 0 ? {} : { aliases: reached.aliases }),
    via: reached.via,
    side: reached.side,
    ...(reached.at === undefined ? {} : { at: formatInstant(reached.at) }),
    ...(reached.delayMs === undefined ? {} : { delayMs: reached.delayMs }),
    observed: reached.observed,
    state: reached.state,
    confidence: reached.confidence,
    places: reached.places.slice(0, MAX_PLACES).map(placeObject),
    evidenceCount: reached.evidenceCount,
  };
}

function triggerObject({ service, text, delayMs, place }: Trigger): Json {
  return {
    service,
    text,
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(place === undefined ? {} : { place: placeObject(place) }),
  };
}

function ghostObject({ service, durationMs, messages, places }: GhostService): Json {
  return { service, durationMs, messages, places: places.slice(0, MAX_PLACES).map(placeObject) };
}

function reasonObject(reason: Reason): Json {
  return { rule: reason.rule, text: reason.text, places: reason.places.slice(0, MAX_PLACES).map(placeObject) };
}

function placeObject(place: Place): Json {
  if ("traceId" in place) return { traceId: place.traceId, spanId: place.spanId };
  return {
    source: place.source,
    ...(place.line === undefined ? {} : { line: place.line }),
    ...(place.byte === undefined ? {} : { byte: place.byte }),
  };
}

function originRows(diagnosis: Diagnosis): Json {
  return diagnosis.origins.map(({ service, kind, cascades, victims }) => ({ service, kind, cascades, victims }));
}

function warningRows(diagnosis: Diagnosis): Json {
  return diagnosis.warnings.map(({ rule, service, cascade, text, count, places }) => ({
    rule,
    ...(service === undefined ? {} : { service }),
    ...(cascade === undefined ? {} : { cascade }),
    text,
    count,
    places: places.map(placeObject),
  }));
}
