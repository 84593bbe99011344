/**
 * The verdict on a root: who started it, how sure that is, and why. Every reason is a named rule with the lines behind it.
 */
import type { Confidence, Kind, Origin, Reason } from "../../model/index.ts";
import { factualLines, type Hop, type Line } from "../hops/hop.ts";
import { type HopIndex, strangersWith } from "../hops/hop-index.ts";
import { around, nearest } from "../hops/nearest.ts";
import { isLost, lostCaller } from "../link/by-caller.ts";
import { ANSWERED_MS, PER_HOP_MS } from "../tolerances.ts";
import { placesOf } from "./places.ts";

/** Makes a reason out of lines. */
export function reason(rule: string, text: string, lines: readonly Line[]): Reason {
  return { rule, text, places: placesOf(lines) };
}

/** Judges a root: a hop without a parent. */
export function judge(index: HopIndex, root: Hop): Origin {
  if (isLost(root)) return judgeLost(index, root);
  if (root.service === null) return judgeUnnamed(root);
  if (root.role === "reached") return judgeUnnamed(root);
  const { service, kind, code } = root;
  const { external: outside = null } = saidBy(root);
  const reasons: Reason[] = [];
  const byPath = root.children.filter((child) => child.link === "path");
  if (root.lines.length > 0) reasons.push(reason("own-text", ownText(service, kind, outside), root.lines));
  if (byPath.length > 0) {
    const lines = byPath.flatMap((child) => child.lines);
    reasons.push(reason("path-names-origin", `the services below received a path that begins with ${service}`, lines));
  }
  const neighbours = root.children.filter((child) => child.link === "neighbour");
  if (neighbours.length > 0) {
    reasons.push(
      reason(
        "named-by-neighbour",
        `the next service names ${service} as its caller, and knows no further`,
        neighbours.flatMap((child) => child.lines),
      ),
    );
  }
  const others = root.children.filter((child) => child.link !== "path" && child.link !== "neighbour");
  if (others.length > 0 && root.lines.length === 0 && root.kind === "deadline") {
    const text = `a deadline that had come with the call ended ${names(others)}, and ${service} is the only known caller`;
    reasons.push(
      reason(
        "only-caller",
        text,
        others.flatMap((child) => child.lines),
      ),
    );
  } else if (others.length > 0) {
    const guess = others.some((child) => child.link === "near-in-time");
    const rule = guess ? "near-in-time" : "cancel-arrived";
    const text = guess
      ? `what happened at ${names(others)} at the same time fits no other cause`
      : `${service} ended its own stream to ${names(others)} when the cancel arrived there`;
    reasons.push(
      reason(
        rule,
        text,
        others.flatMap((child) => child.lines),
      ),
    );
  }
  const confidence = sureness(index, root, byPath, reasons);
  const unverified = reasons.some(({ rule }) => rule === "origin-unverified" || rule === "deadline-may-be-inherited");
  const perhaps = unverified ? { external: `perhaps a caller of ${service} that left no log` } : {};
  return { service, kind, code, confidence, reasons, ...perhaps, ...saidBy(root) };
}

/** Where in the code the origin cancelled, for whom, and what it meant, if its runtime says so. */
function saidBy(root: Hop): Pick<Origin, "callSite" | "intent" | "external"> {
  const external = externalOf(root);
  const { callSite } = root.lines.find(({ evidence }) => evidence.callSite !== undefined)?.evidence ?? {};
  const { intent } = root.lines.find(({ evidence }) => evidence.intent !== undefined)?.evidence ?? {};
  return {
    ...(external === undefined ? {} : { external }),
    ...(callSite === undefined ? {} : { callSite }),
    ...(intent === undefined ? {} : { intent }),
  };
}

/** Who acted from outside, in the words of the root or of those whose path leads to it. */
function externalOf({ lines, children }: Hop): string | undefined {
  const said = lines.find(({ evidence }) => evidence.external !== undefined)?.evidence.external;
  if (said !== undefined) return said;
  for (const child of children) {
    const below = child.link === "path" ? externalOf(child) : undefined;
    if (below !== undefined) return below;
  }
  return undefined;
}

function ownText(service: string, kind: Kind, outside: string | null): string {
  if (outside !== null) return `${service} says that ${outside} ended it`;
  if (kind === "deadline") return `${service} says that its own timer fired`;
  if (kind === "handler-return") return `${service} says that its handler returned while the stream was open`;
  return `${service} says that it cancelled the stream itself`;
}

function names(hops: readonly Hop[]): string {
  return [...new Set(hops.map((hop) => hop.service ?? "an unnamed service"))].join(", ");
}

function sureness(index: HopIndex, root: Hop, byPath: readonly Hop[], reasons: Reason[]): Confidence {
  const service = root.service as string;
  if (root.lines.length > 0 && root.lines.every(({ evidence }) => evidence.knowledge === "hearsay")) {
    const text = `the status that ${service} writes is passed on unchanged from service to service: it may be another one's`;
    reasons.push(reason("hearsay", text, root.lines));
    return "weak";
  }
  if (root.lines.length > 0 && root.lines.every(({ evidence }) => evidence.cutShort === true)) {
    reasons.push(lineCut(service, root.lines));
    return "weak";
  }
  if (isNamedByFileOnly(index, root)) {
    const text = `nothing but the name of a file says that ${service} wrote this, and nothing else knows that name: --service NAME=FILE tells whose it is`;
    reasons.push(reason("file-name-only", text, root.lines));
    return "weak";
  }
  const itself = byPath.filter((child) => child.service === service).flatMap((child) => child.lines);
  if (itself.length > 0 && [...root.lines, ...itself].every(({ evidence }) => evidence.serviceFrom === "file")) {
    const text = `what was reached below ${service} stands in its own file: several services may have written there, and any of them this`;
    reasons.push(reason("name-in-doubt", text, itself));
    return "weak";
  }
  const facts = factualLines(root);
  if (facts.length > 0) {
    const { external } = saidBy(root);
    const what = external === undefined ? "the cancel began there" : `it was ${external}`;
    reasons.push(reason("runtime-knows", `the runtime of ${service} knows that ${what}`, facts));
    return root.children.length > 0 ? "proven" : "strong";
  }
  const spoke = root.lines.length > 0;
  const other = spoke ? null : strangerLike(index, root);
  if (other !== null) {
    const text = `no log is known to be ${service}'s, and ${other.service} wrote at that time what ${service} would have: it may be the same service, or ${service} may only have passed the cancel on`;
    reasons.push(reason("name-in-doubt", text, other.lines));
    return "weak";
  }
  if (root.children.some((child) => child.link === "near-in-time")) {
    reasons.push(reason("by-time-only", "the link to the services below rests on time alone", []));
    return "guess";
  }
  if (root.kind === "cancel") return surenessOfCancel(index, root, byPath, reasons);
  if (!spoke && byPath.length === 0) return "weak";
  if (mayBeInherited(index, root)) {
    reasons.push(
      reason(
        "deadline-may-be-inherited",
        `deadlines travel with the calls here: ${service}'s timer may be its caller's`,
        [],
      ),
    );
    return "weak";
  }
  return spoke && root.children.length > 0 ? "proven" : "strong";
}

/** True where the name is a file's, in which anything may have been pasted: nobody else wrote, or spoke of somebody called so. */
function isNamedByFileOnly({ calls }: HopIndex, { service, lines, children }: Hop): boolean {
  return (
    lines.length > 0 &&
    lines.every(({ evidence }) => evidence.serviceFrom === "file") &&
    children.every((child) => child.lines.length === 0) &&
    calls.hasOneWriter &&
    calls.callersOf(service as string).size === 0
  );
}

/** Why a text that was cut proves little. */
function lineCut(service: string, lines: readonly Line[]): Reason {
  return reason(
    "line-cut",
    `the line of ${service} is cut: whether names followed that it had the cancel from, nobody can see`,
    lines,
  );
}

/** What the root would have written, by a writer whom no text mentions: the root may be him under another name. */
function strangerLike(index: HopIndex, root: Hop): Hop | null {
  const like = strangersWith(index, root);
  return index.traced ? (like[0] ?? null) : nearest(like, root.at, PER_HOP_MS, () => true);
}

/** A plain cancel may be a relay's whose context forgot that, so it takes more to believe it. */
function surenessOfCancel(index: HopIndex, root: Hop, byPath: readonly Hop[], reasons: Reason[]): Confidence {
  const service = root.service as string;
  const spoke = root.lines.length > 0;
  if (root.provenOrigin === "told") {
    reasons.push(
      reason("caller-told", `the caller of ${service} got this cancel as an answer, so it did not send it`, []),
    );
    return byPath.length > 0 ? "proven" : "strong";
  }
  if (root.provenOrigin === "caller-failed") {
    reasons.push(
      reason("caller-failed", `the caller of ${service} got an error as an answer, so it did not cancel the call`, []),
    );
    return "strong";
  }
  if (isTraceRoot(index, root)) {
    reasons.push(reason("trace-root", `${service} has no caller in the trace`, root.lines));
    return root.children.length > 0 ? "proven" : "strong";
  }
  if (index.calls.serves(service)) {
    reasons.push(
      reason(
        "origin-unverified",
        `${service} has callers itself, and nothing shows what they did: it may only have passed a cancel on`,
        [],
      ),
    );
    return "weak";
  }
  if (!spoke && byPath.length === 0) return "weak";
  return spoke && root.children.length > 0 ? "proven" : "strong";
}

/** True for a deadline that may have come to the service with the call. */
function mayBeInherited(index: HopIndex, root: Hop): boolean {
  if (root.kind !== "deadline" || root.lines.some(({ evidence }) => evidence.ownSetting)) return false;
  return (carriesDeadlines(root) && index.calls.serves(root.service as string)) || toldWithDeadline(index, root);
}

/** True if the caller got this deadline as an answer on a call that carried its own. */
function toldWithDeadline(index: HopIndex, root: Hop): boolean {
  for (const [writer, lines] of index.failures) {
    if (writer === root.service) continue;
    for (const { evidence } of index.traced ? lines : around(lines, root.at, ANSWERED_MS)) {
      if (evidence.type !== "answer" || !evidence.carriesDeadlines || evidence.side === "server") continue;
      if (evidence.told?.kind === "deadline" && index.calls.peerOf(evidence) === root.service) return true;
    }
  }
  return false;
}

function carriesDeadlines(root: Hop): boolean {
  return root.lines.some(({ evidence }) => evidence.carriesDeadlines);
}

/** In a trace, a service none of whose spans has a parent has no caller. */
function isTraceRoot(index: HopIndex, root: Hop): boolean {
  if (!index.traced) return false;
  let spans = 0;
  for (const { evidence } of index.spans) {
    if (evidence.service !== root.service || (evidence.operation !== "span" && evidence.type === "claim")) continue;
    spans += 1;
    if (evidence.side === "server" || evidence.serves) return false;
  }
  return spans > 0;
}

function judgeLost(index: HopIndex, root: Hop): Origin {
  const { code } = root;
  const service = root.service ?? "an unnamed service";
  const found = lostCaller(index, root);
  const own = reason(
    "connection-lost",
    `${service} lost the connection to its caller; its text does not name the caller`,
    root.lines,
  );
  if (found === null) {
    const { external = `a caller of ${service} that left no log` } = saidBy(root);
    return { service: null, kind: "disconnect", code, confidence: "weak", reasons: [own], external };
  }
  const left = found.rule !== "died-between" ? handlerEnd(index, found.service, root) : [];
  if (left.length > 0) {
    const text = `the handler of ${found.service} had already returned and left this stream open; the broken connection only ended it sooner`;
    const reasons = [reason("handler-returned-first", text, left), own];
    return { service: found.service, kind: "handler-return", code: null, confidence: "strong", reasons };
  }
  const because = {
    "died-between": `a caller of ${found.service} lost its connection to ${found.service} at the same time: the process between them is gone`,
    "broken-by-caller": `${found.service} broke the connection itself: its stack met a frame it did not expect`,
    "only-caller": `${found.service} is the only known caller of ${service}`,
  }[found.rule];
  return {
    service: found.service,
    kind: "disconnect",
    code,
    confidence: found.rule === "only-caller" ? "weak" : "strong",
    reasons: [own, reason(found.rule, because, found.lines)],
  };
}

/** The lines that show, within one trace, that the caller's handler was over before its stream was lost. */
function handlerEnd(index: HopIndex, service: string, root: Hop): Line[] {
  if (!index.traced) return [];
  const over = (line: Line): boolean => line.evidence.service === service && line.at < root.at;
  return [
    ...(index.returns.get(service) ?? []).filter(over),
    ...index.spans.filter((line) => over(line) && line.evidence.type === "request" && line.evidence.serves),
  ];
}

function judgeUnnamed(root: Hop): Origin {
  const below = root.role === "reached" ? [root] : root.children;
  const lines = below.flatMap((hop) => hop.lines);
  const external =
    root.kind === "reset" ? `a proxy without a name above ${names(below)}` : `the unnamed peer above ${names(below)}`;
  const text =
    root.kind === "reset"
      ? `${names(below)} received a reset that no service of the chain raises: a proxy without a name sent it`
      : `the cancel came from the unnamed peer above ${names(below)}`;
  const cut = lines.filter(({ evidence }) => evidence.cutShort === true);
  return {
    service: null,
    kind: root.kind,
    code: root.code,
    confidence: "weak",
    reasons: [reason("unnamed-origin", text, lines), ...(cut.length > 0 ? [lineCut(names(below), cut)] : [])],
    external,
  };
}
