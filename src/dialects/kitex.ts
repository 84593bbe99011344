/** Record in, evidence out, for Kitex: ttstream, Kitex gRPC, business status errors, Kitex's own lines and spans of its tracing suite. */
import type { Evidence, SourceRecord } from "../model/index.ts";
import { addressIn, type Claim, classify } from "./classify.ts";
import { findKitexErrors } from "./grammars.ts";
import { type KitexLine, readKitexLine } from "./kitex-lines.ts";
import { factsOfRecord, type RecordFacts } from "./record-facts.ts";
import { remember } from "./remember.ts";

/** Evidence of a record; empty where no dialect of Kitex takes it. Never throws. */
export function readKitex(record: SourceRecord): Evidence[] {
  const [first] = record.texts;
  if (record.texts.length === 1 && first !== undefined && record.span === undefined) return readText(record, first);
  const evidence = record.texts.flatMap((text) => readText(record, text));
  if (evidence.length === 0 && record.span !== undefined) evidence.push(callOf(record));
  return evidence.length < 2 ? evidence : withoutRepetitions(evidence);
}

/** A record says of one text the same thing once. */
function withoutRepetitions(evidence: readonly Evidence[]): Evidence[] {
  const said = new Set<string>();
  return evidence.filter(({ happening, text }) => {
    const key = `${happening} ${text}`;
    const fresh = !said.has(key);
    said.add(key);
    return fresh;
  });
}

/** What a text says by itself, whoever wrote it. */
interface Reading {
  readonly line: KitexLine | null;
  readonly errors: readonly { readonly at: number; readonly claim: Claim }[];
}

const readingOf = remember((text): Reading => {
  const line = readKitexLine(text);
  const errors = line?.line === "harmless" || line?.line === "listening" ? [] : findKitexErrors(text);
  return { line, errors: errors.map((error) => ({ at: error.at, claim: classify(error) })) };
});

function readText(record: SourceRecord, text: string): Evidence[] {
  const { line, errors } = readingOf(text);
  if (line?.line === "harmless") return [known(record, text, null, false)];
  if (line?.line === "listening") return [known(record, text, line.address, true)];
  if (line?.line === "handler-error") {
    const claim = errors[0]?.claim ?? plainFailure(line.body);
    return [build(record, text, claim, handlerFacts, { echo: true, serves: true })];
  }
  if (line?.line === "client-end") {
    return errors
      .slice(0, 1)
      .map(({ claim }) => build(record, text, clientEnd(claim), ownFacts(record, ""), { echo: true, serves: false }));
  }
  // The text that a handler returned, as the tracing suite writes it on its server span.
  const returned = record.span?.kind === "server";
  if (errors.length === 0) return readPlain(record, text);
  return errors.map(({ at, claim }) => {
    const facts = ownFacts(record, wordsBefore(record, text, at));
    return build(record, text, withSide(claim, facts, returned), facts, {
      echo: returned || text.startsWith("KITEX: "),
      serves: returned,
    });
  });
}

const handlerFacts: RecordFacts = { peer: null, peerHint: null, method: null, operation: "handler" };

/** A server span names its caller as the peer; here a peer is always the other end of an outgoing stream. */
function ownFacts(record: SourceRecord, words: string): RecordFacts {
  const facts = factsOfRecord(record, words);
  return record.span?.kind === "server" ? { ...facts, peer: null, peerHint: null } : facts;
}

/** Everything that is said before the error: its own line and the other texts of the record. */
function wordsBefore(record: SourceRecord, text: string, at: number): string {
  const before = text.slice(Math.max(0, at - 300), at);
  if (record.texts.length === 1) return before;
  const others = record.texts.filter((other) => other !== text && other.length < 400).join(" ");
  return others === "" ? before : `${others} ${before}`;
}

/** gRPC's text is the same on both sides of a service. Where a record names a peer, it is about the stream to that peer. */
function withSide(claim: Claim, facts: RecordFacts, returned: boolean): Claim {
  if (claim.dialect !== "grpc" || facts.peer === null || returned) return claim;
  if (claim.happening === "returned") return { ...claim, happening: "started", side: "client" };
  return claim.happening === "received" ? { ...claim, happening: "relayed", side: "client" } : claim;
}

/** What Kitex's gRPC client writes when it ends a stream is about its own end of it. */
function clientEnd(claim: Claim): Claim {
  const happening =
    claim.happening === "returned" ? "started" : claim.happening === "received" ? "relayed" : claim.happening;
  return { ...claim, happening, side: "client" };
}

const PLAIN_DIAL = "remote or network error";

/** Errors without any of the markers: a refused dial, Go's own context errors. */
function readPlain(record: SourceRecord, text: string): Evidence[] {
  const trimmed = text.trim();
  if (trimmed.includes(PLAIN_DIAL)) {
    const claim = {
      ...plainFailure(trimmed),
      kind: "disconnect" as const,
      side: "client" as const,
      address: addressIn(trimmed),
    };
    return [build(record, text, claim, ownFacts(record, trimmed), { echo: false, serves: false })];
  }
  const word = /(?:^|: )(context canceled|context deadline exceeded)$/.exec(trimmed)?.[1];
  if (word === undefined) return [];
  const words = record.texts.join(" ");
  const facts = ownFacts(record, words.replaceAll(word, " "));
  if (facts.operation === null) return [];
  const kind = word === "context canceled" ? "cancel" : "deadline";
  const own = facts.peer !== null;
  return [
    build(
      record,
      text,
      {
        ...plainFailure(word),
        dialect: "go-context",
        happening: own ? "started" : "received",
        kind,
        side: own ? "client" : "server",
      },
      facts,
      {
        echo: false,
        serves: !own,
      },
    ),
  ];
}

function plainFailure(text: string): Claim {
  return {
    dialect: "kitex",
    happening: "failed",
    kind: "error",
    code: null,
    side: "server",
    path: null,
    message: text.split("\n", 1)[0]?.replace(/^(?:biz error|panic): /, "") ?? "",
    triggeredBy: null,
    address: null,
    told: null,
  };
}

/** A line that is no cancel and still says who is where. */
function known(record: SourceRecord, text: string, address: string | null, serves: boolean): Evidence {
  const claim: Claim = { ...plainFailure(text), happening: "known", address };
  return build(record, text, claim, { ...handlerFacts, operation: null }, { echo: true, serves });
}

/** A span without an error says who calls whom. */
function callOf(record: SourceRecord): Evidence {
  const claim: Claim = {
    ...plainFailure(""),
    happening: "known",
    side: record.span?.kind === "client" ? "client" : "server",
  };
  return build(record, "", claim, ownFacts(record, ""), { echo: true, serves: record.span?.kind === "server" });
}

function build(
  record: SourceRecord,
  text: string,
  claim: Claim,
  facts: RecordFacts,
  marks: { readonly echo: boolean; readonly serves: boolean },
): Evidence {
  return {
    dialect: claim.dialect,
    happening: claim.happening,
    kind: claim.kind,
    code: claim.code,
    side: claim.side,
    path: claim.path,
    message: claim.message,
    told: claim.told,
    operation: facts.operation,
    service: record.service,
    peer: facts.peer === record.service ? null : facts.peer,
    peerHint: facts.peerHint === record.service ? null : facts.peerHint,
    triggeredBy: claim.triggeredBy,
    address: claim.address,
    serves: marks.serves || (claim.side === "server" && claim.happening === "received"),
    method: facts.method,
    at: record.at,
    traceId: record.traceId,
    spanId: record.spanId,
    parentSpanId: record.span?.parentSpanId ?? null,
    cancelId: null,
    echo: marks.echo,
    text,
    place: record.place,
  };
}
