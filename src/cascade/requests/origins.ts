/**
 * From every request that was ended before its time up to whoever ended it first: as long as a part was ended by its caller, the caller is
 * looked at. What comes to one origin is one incident.
 */
import type { Confidence, Kind, Origin, Reason } from "../../model/index.ts";
import type { KnownCalls } from "../hops/call-graph.ts";
import { ONE_CUT_MS } from "../tolerances.ts";
import { isUnderWay } from "./clocks.ts";
import { endsOfWork } from "./ends.ts";
import type { Cut, Findings } from "./findings.ts";
import { callsLetGo, callsOfLost, letsGo } from "./lost-service.ts";
import { calleeName } from "./names.ts";
import { letGo, ownText, wasToldBelow } from "./own-end.ts";
import { type Call, calleeOf, type Part, protocolOf, servedBy } from "./parts.ts";
import { nameOf, type Pressure, pressureOn, reasonOf } from "./pressed.ts";
import { factOf } from "./spans.ts";

/** One cancel of a trace, as its requests tell it. */
export interface Incident {
  /** The part that started it, or that shows it first; null if no part of the trace did. */
  readonly part: Part | null;
  readonly origin: Origin;
  /** When it began. */
  readonly at: number;
  /** The calls that the origin ended, or that were under way when its caller left. */
  readonly calls: readonly Call[];
  /** The calls that ended with the origin, which they had called. */
  readonly failed: readonly Call[];
}

/** An incident in the making. */
type Found = Incident & { readonly key: string };

/** All incidents of a trace; each part starts one at most by itself, and shows one at most that came from outside. */
export function incidentsOf(findings: Findings, graph: KnownCalls): Incident[] {
  const judge = new Judge(findings, graph);
  const best = new Map<string, Found>();
  for (const found of findings.parts.flatMap((part) => judge.found(part))) {
    const known = best.get(found.key);
    best.set(found.key, known === undefined ? found : merge(known, found));
  }
  return [...best.values()].map(({ key: _, ...incident }) => incident);
}

const ORDER: readonly Confidence[] = ["proven", "strong", "weak", "guess"];

/** Of two ways to one origin the surer one tells of it. */
function merge(a: Found, b: Found): Found {
  const first = ORDER.indexOf(a.origin.confidence) <= ORDER.indexOf(b.origin.confidence) ? a : b;
  const at = Math.min(a.at, b.at);
  return {
    ...first,
    at,
    calls: [...new Set([...a.calls, ...b.calls])],
    failed: [...new Set([...a.failed, ...b.failed])],
  };
}

class Judge {
  readonly #findings: Findings;
  readonly #graph: KnownCalls;
  readonly #numbers: ReadonlyMap<Part, number>;
  readonly #pressures = new Map<Part, Pressure>();

  constructor(findings: Findings, graph: KnownCalls) {
    this.#findings = findings;
    this.#graph = graph;
    this.#numbers = new Map(findings.parts.map((part, number) => [part, number]));
  }

  found(part: Part): Found[] {
    const own = this.#findings.cutDown(part);
    const [first] = own;
    const pressure = this.#pressure(part);
    const silent = this.#findings.inversion(part) !== null && pressure.grade === 1;
    const starts = first !== undefined || pressure.grade === 2 || silent || this.#isToldAlone(part);
    const climbed = starts
      ? [
          this.#climb(
            part,
            first?.[1] ?? null,
            own.map(([call]) => call),
          ),
        ]
      : [];
    const lost = this.#findings.cutUp(part).flatMap(([call, cut]) => this.#fromBelow(part, call, cut));
    return [...climbed, ...lost].filter((found) => found !== null);
  }

  #pressure(part: Part): Pressure {
    let known = this.#pressures.get(part);
    if (known === undefined) {
      known = pressureOn(this.#findings, part, this.#findings.cutDown(part)[0]?.[1].end ?? null);
      this.#pressures.set(part, known);
    }
    return known;
  }

  /**
   * True where a part says that its caller left, if not surely, and one that it had called says the same; or the caller is known to have
   * been a service.
   */
  #isToldAlone(part: Part): boolean {
    if (this.#pressure(part).alone === true && (part.orphan || part.above !== null)) return true;
    const left = (each: Part): boolean => {
      const { grade, reason } = this.#pressure(each);
      return grade > 0 && reason?.rule === "caller-left";
    };
    return left(part) && part.calls.some(({ callees }) => callees.some(left));
  }

  #climb(from: Part, first: Cut | null, own: readonly Call[]): Found | null {
    const reasons: Reason[] = [];
    let part = from;
    let cut = first;
    let sure = true;
    let calls = own;
    let at = cut?.end.at ?? null;
    let kind: Kind | null = null;
    for (;;) {
      const pressure = this.#pressure(part);
      if (pressure.reason !== null && reasons.length < MAX_REASONS) reasons.unshift(pressure.reason);
      at = pressure.at ?? at;
      if (pressure.grade < 1) break;
      if (pressure.grade === 1) sure = false;
      const call = part.above;
      if (call === null) return this.#fromOutside(part, pressure, { sure, reasons, at, kind, calls });
      cut = this.#findings.cut(call);
      kind = cut?.end.kind ?? kind;
      calls = [call];
      if (cut !== null) at = cut.end.at;
      if (call.bridged && cut === null) return this.#unseen(call, reasons, at, part);
      if (call.bridged && cut?.direction.way === "up") return this.#fromBelow(call.part, call, cut, [call]);
      part = call.part;
    }
    return this.#own(part, cut, { sure, reasons, at, kind, calls });
  }

  /** The part was ended by a caller of which the trace has nothing. */
  #fromOutside(part: Part, { grade, external, at: told }: Pressure, way: Way): Found {
    const rpc = factOf(part.root)?.protocol === "rpc";
    const name = nameOf(part);
    const caller = rpc ? `a caller of ${name} that left no span` : `the HTTP client of ${name}`;
    const who = external ?? (rpc && grade === 1 ? `perhaps ${caller}` : caller);
    const kind = rpc && external === null ? (way.kind ?? statusKind(part) ?? "cancel") : "disconnect";
    const text = part.orphan
      ? `${name} had a caller whose span is not here: it may have died, or sends no spans`
      : `${name} has no caller in the trace`;
    const reasons = [...way.reasons, reasonOf(part.orphan ? "caller-unseen" : "trace-root", text, [part.root])];
    const confidence = way.sure && !part.orphan ? "strong" : "weak";
    const at = told ?? way.at ?? part.root.end;
    return {
      key: `${this.#numbers.get(part)} outside`,
      part,
      at,
      calls: part.calls.filter((call) => isUnderWay(call, at - ONE_CUT_MS)),
      failed: [],
      origin: { service: part.service, kind, code: null, confidence, reasons, external: who },
    };
  }

  /** Between two parts stands a service without a span, and the one above it says nothing. */
  #unseen(call: Call, reasons: readonly Reason[], at: number | null, part: Part): Found {
    const external = `a service without a span between ${nameOf(call.part)} and ${nameOf(part)}`;
    // Whoever closes a plain request says no more than that
    const kind = protocolOf(call) === "http" ? "disconnect" : "cancel";
    return {
      key: `${this.#numbers.get(part)} between`,
      part: null,
      at: at ?? part.root.end,
      calls: [call],
      failed: [],
      origin: { service: null, kind, code: null, confidence: "weak", reasons, external },
    };
  }

  /** The call whose loss made a part let go of all the others. */
  #causeOf(part: Part): Call | null {
    const ended = this.#findings.cutUp(part);
    const own = this.#findings.cutDown(part);
    const [lost = null] = ended.find(([call, cut]) => !this.#isExplained(call) && letsGo(cut.end, own)) ?? [];
    return this.#pressure(part).grade < 1 ? lost : null;
  }

  /** Nothing above ended the part, or nothing shows it: it ended its calls itself. */
  #own(part: Part, cut: Cut | null, way: Way): Found | null {
    // What it lost tells of that
    if (this.#causeOf(part) !== null) return null;
    const name = nameOf(part);
    const pressure = this.#pressure(part);
    const end = cut?.end ?? null;
    const span = way.calls[0]?.span ?? part.root;
    const timer = end?.how === "timer";
    // A proxy's only word of its own timer is the answer that it gives
    const answeredLate = endsOfWork(part).some(({ how, kind }) => how === "failed" && kind === "deadline");
    const kind = end === null ? (answeredLate ? "deadline" : (way.kind ?? "cancel")) : end.kind;
    const complete = pressure.grade === -1 && pressure.reason?.rule === "response-complete";
    const seen = (part.above === null && letGo(way.calls, way.at)) || (complete && wasToldBelow(way.calls));
    const sure = way.sure && (cut === null ? seen : cut.direction.sure);
    const text = end === null ? `the services below ${name} were ended, and nothing above it was` : ownText(name, end);
    const reasons = [reasonOf(timer ? "own-timer" : "own-cancel", text, [span]), ...way.reasons];
    const doubt = this.#doubt(part, cut, pressure, reasons);
    const confidence: Confidence = sure && doubt === null ? "strong" : "weak";
    return {
      key: `${this.#numbers.get(part)} own`,
      part,
      at: end?.at ?? way.at ?? part.root.end,
      calls: way.calls,
      failed: [],
      origin: {
        service: part.service,
        kind,
        code: null,
        confidence: part.service === null ? "weak" : confidence,
        reasons,
        ...(doubt === null ? {} : { external: doubt }),
        ...(end?.intent == null || kind !== "cancel" ? {} : { intent: end.intent }),
      },
    };
  }

  /** Who else may have ended it, in a few words; null if nobody. The reason is added to the others. */
  #doubt(part: Part, cut: Cut | null, pressure: Pressure, reasons: Reason[]): string | null {
    const served = servedBy(part);
    const name = nameOf(part);
    if (served === null && !part.orphan) return null;
    const rpc = served === null || factOf(served)?.protocol === "rpc";
    const outside =
      part.above === null
        ? rpc
          ? `a caller of ${name} that left no span`
          : `the HTTP client of ${name}`
        : nameOf(part.above.part);
    const end = cut?.end ?? null;
    if (end?.how === "timer") {
      const travels =
        end.knowledge !== "fact" || end.line.evidence.type !== "request" || end.line.evidence.carriesDeadlines;
      const topmost = (part.above === null || part.above.bridged) && rpc && travels;
      const above = part.above === null ? null : this.#findings.cut(part.above);
      if (!topmost && !(above?.end.how === "timer" && !above.direction.sure)) return null;
      reasons.push(
        reasonOf(
          "deadline-may-be-inherited",
          `deadlines travel with the calls here: ${name}'s timer may be its caller's`,
          [part.root],
        ),
      );
      return `perhaps ${outside}`;
    }
    if ((pressure.grade === -1 || end?.intent != null) && end?.passedOn !== true) return null;
    const text =
      end?.passedOn === true
        ? `the reason that ${name} gave is that its caller had left; its own spans do not show it`
        : `nothing in the spans of ${name} shows whether its caller had left before`;
    reasons.push(reasonOf("origin-unverified", text, [part.root]));
    return `perhaps ${outside}`;
  }

  /** A call that was ended from below, where no part below explains it. */
  #fromBelow(part: Part, call: Call, { end, direction }: Cut, calls = callsOfLost(call, end)): Found | null {
    const callee = calleeOf(call);
    if (this.#isExplained(call)) return null;
    // What ended with the part was not the reason for it
    const pressure = this.#pressure(part);
    if (pressure.grade === 2 && pressure.at !== null && pressure.at < end.at) return null;
    const own = this.#findings.cutDown(part).map(([each]) => each);
    const name = calleeName(call, this.#graph);
    const above = nameOf(part);
    const gone = end.how === "gone";
    const kind: Kind = !gone ? end.kind : callee === null ? "disconnect" : "reset";
    const known = callee !== null || name?.seen === true;
    const text = gone
      ? `${above} lost the connection to ${name?.service ?? "its callee"} (${end.message})`
      : `${above} was answered so by ${name?.service ?? "its callee"} (${end.message})`;
    const reasons = [reasonOf(gone ? "connection-lost" : "caller-told", text, [call.span ?? part.root])];
    if (gone && callee === null && known)
      reasons.push(
        reasonOf(
          "never-ended",
          `of this request ${name?.service} left ${call.bridged ? "single steps only" : "no span, though it sends spans"}: it died over it`,
          [],
        ),
      );
    const address = factOf(call.span)?.address ?? null;
    const external =
      name === null
        ? { external: `the callee of ${above}${address === null ? "" : ` at ${address}`}, which left no span` }
        : {};
    return {
      key: callee === null ? `${this.#numbers.get(part)} ${call.span?.id} below` : `${this.#numbers.get(callee)} own`,
      part: callee ?? null,
      at: end.at,
      calls: [...calls, ...callsLetGo(call, end), ...(this.#causeOf(part) === call ? own : [])],
      failed: [call],
      origin: {
        service: name?.service ?? null,
        kind,
        code: null,
        // An answer may have come from further down, by a call that left no span
        confidence: gone && known && name !== null && direction.sure ? "strong" : "weak",
        reasons,
        ...external,
      },
    };
  }

  /** True where what ended a call came from further down. */
  #isExplained(call: Call): boolean {
    return calleeOf(call)?.calls.some((each) => this.#findings.cut(each) !== null) ?? false;
  }
}

const MAX_REASONS = 12;

/** What was learned on the way up. */
interface Way {
  readonly sure: boolean;
  readonly reasons: readonly Reason[];
  readonly at: number | null;
  readonly kind: Kind | null;
  readonly calls: readonly Call[];
}

function statusKind(part: Part): Kind | null {
  return factOf(part.root)?.outcome?.kind ?? null;
}
