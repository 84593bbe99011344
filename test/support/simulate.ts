/**
 * A chain of Kitex services on paper: what each of them would log when one of them starts a cancel, by the rules that real Kitex was
 * seen to follow. Trees of any shape and names, so that no rule of the diagnosis can lean on a recorded one.
 */
import type { SourceRecord } from "../../src/model/index.ts";
import { CODES, factsOfCode, format } from "../../src/ttstream/index.ts";
import { at } from "./evidence.ts";

/** A service with the services it streams from. */
export interface Service {
  readonly name: string;
  /** Its handler opens its streams with a context of its own, which forgets who cancelled it. */
  readonly derives: boolean;
  readonly below: readonly Service[];
}

/** How a cancel starts. */
export type Start = "cancel" | "stream-timeout" | "receive-timeout" | "handler-return" | "killed";

/** What really happened. */
export interface SimulatedCascade {
  readonly origin: string;
  readonly kind: string;
  readonly reached: string[];
  readonly falseOrigins: string[];
  /** The lines in which the origin itself says that it ended a stream. */
  readonly own: SourceRecord[];
}

/** The log of a run and its truth. */
export interface Simulation {
  readonly records: SourceRecord[];
  readonly cascades: SimulatedCascade[];
}

interface Cause {
  readonly code: number;
  readonly message: string;
  readonly path: readonly string[];
}

const CANCEL = factsOfCode(CODES.cancel)?.sentence ?? "";
const RETURN = factsOfCode(CODES.handlerReturn)?.sentence ?? "";
const LOST = factsOfCode(CODES.connectionClosed)?.sentence ?? "";

/** Runs a chain: `origin` of the tree under `root` starts a cancel. `context`: services log the end of a handler's own context. */
export function simulate(root: Service, origin: Service, start: Start, seed: number, context: boolean): Simulation {
  const run = new Run(seed, context, root);
  run.start(root, origin, start);
  return { records: run.records, cascades: run.cascades };
}

class Run {
  readonly records: SourceRecord[] = [];
  readonly cascades: SimulatedCascade[] = [];
  readonly #context: boolean;
  readonly #root: Service;
  #seed: number;
  #now = 0;

  constructor(seed: number, context: boolean, root: Service) {
    this.#seed = seed;
    this.#context = context;
    this.#root = root;
    for (const service of everyone(root)) {
      if (service !== root)
        this.#log(service, `KITEX: server listen at addr=127.0.0.1:${9_000 + this.records.length}`, {});
    }
    this.#now = 1_000;
  }

  start(root: Service, origin: Service, start: Start): void {
    const callers = lineage(root, origin);
    if (start === "killed") {
      const cascade = this.#cascade(origin, "disconnect");
      for (const child of origin.below)
        this.#reach(child, { code: CODES.connectionClosed, message: LOST, path: [] }, cascade);
      if (callers.length > 0) this.#fail(callers, origin, "[ttstream error, code=12004] EOF peer close", 0);
      return;
    }
    if (start === "handler-return") {
      const cascade = this.#cascade(origin, "handler-return");
      for (const child of origin.below)
        this.#reach(child, { code: CODES.handlerReturn, message: RETURN, path: [origin.name] }, cascade);
      return;
    }
    const cascade = this.#cascade(origin, start === "cancel" ? "cancel" : "deadline");
    let text = "";
    for (const child of origin.below) {
      const code = {
        cancel: CODES.cancel,
        "stream-timeout": CODES.streamTimeout,
        "receive-timeout": CODES.receiveTimeout,
      }[start];
      const message = {
        cancel: CANCEL,
        "stream-timeout": `stream timeout, timeout in ctx: ${(299.9 + this.#random() / 20).toFixed(6)}ms`,
        "receive-timeout": "stream Recv timeout, timeout config={Timeout:200ms DisableCancelRemote:false}",
      }[start];
      text = format({ code, side: "client", path: null, message });
      cascade.own.push(this.#log(origin, "stream recv failed", { peer: child.name, err: text }));
      this.#reach(child, { code, message, path: [origin.name] }, cascade);
    }
    if (callers.length > 0) {
      this.#echo(origin, text);
      this.#fail(callers, origin, text, 1);
    }
  }

  #cascade(origin: Service, kind: string): SimulatedCascade {
    const cascade = { origin: origin.name, kind, reached: [], falseOrigins: [], own: [] };
    this.cascades.push(cascade);
    return cascade;
  }

  /** A cancel arrives at a service and goes on below. */
  #reach(service: Service, cause: Cause, cascade: SimulatedCascade): void {
    cascade.reached.push(service.name);
    const { code, message } = cause;
    const lost = cause.path.length === 0;
    const path = lost ? null : cause.path;
    const own = format({ code, side: lost ? null : "server", path, message });
    if (this.#context || service.below.length === 0) this.#log(service, "stream context done", { err: own });
    let returned = own;
    if (service.derives && service.below.length > 0) cascade.falseOrigins.push(service.name);
    for (const child of service.below) {
      const on: Cause = service.derives
        ? { code: CODES.cancel, message: CANCEL, path: [service.name] }
        : { code, message, path: [...cause.path, service.name] };
      returned = format({ code: on.code, side: "client", path: service.derives ? null : path, message: on.message });
      this.#log(service, "stream recv failed", { peer: child.name, err: returned });
      this.#reach(child, on, cascade);
    }
    this.#echo(service, returned);
  }

  /** An error goes up: each caller's handler returns, and its other streams end with that. */
  #fail(callers: readonly Service[], from: Service, text: string, hops: number): void {
    let below = from;
    let told = text;
    for (const caller of callers) {
      if (hops > 0)
        told = format({ code: CODES.applicationException, side: "client", path: null, message: `biz error: ${told}` });
      hops += 1;
      this.#log(caller, "stream recv failed", { peer: below.name, err: told });
      const others = caller.below.filter((each) => each !== below);
      if (others.length > 0) {
        const cascade = this.#cascade(caller, "handler-return");
        for (const child of others) {
          const err = format({ code: CODES.handlerReturn, side: "client", path: null, message: RETURN });
          cascade.own.push(this.#log(caller, "stream recv failed", { peer: child.name, err }));
          this.#reach(child, { code: CODES.handlerReturn, message: RETURN, path: [caller.name] }, cascade);
        }
      }
      this.#echo(caller, told);
      below = caller;
    }
  }

  /** The line that Kitex writes when a handler returns an error. */
  #echo(service: Service, text: string): void {
    if (service === this.#root) return;
    this.#log(
      service,
      `KITEX: processing ttstream request error, remoteAddr=127.0.0.1:40000, error=biz error: ${text}`,
      {},
    );
  }

  #log(service: Service, msg: string, fields: Readonly<Record<string, string>>): SourceRecord {
    this.#now += 0.02 + this.#random() * 0.1;
    const record: SourceRecord = {
      at: at(this.#now + this.#random() * 0.3),
      service: service.name,
      serviceFrom: "field",
      texts: fields["err"] === undefined ? [msg] : [fields["err"], msg],
      fields: new Map(Object.entries(fields)),
      traceId: null,
      spanId: null,
      place: { source: "simulated.jsonl", line: this.records.length + 1 },
    };
    this.records.push(record);
    return record;
  }

  /** Between 0 and 1; the same for the same seed. */
  #random(): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#seed / 2 ** 32;
  }
}

/** A service and all below it, parents first. */
export function everyone(root: Service): Service[] {
  return [root, ...root.below.flatMap(everyone)];
}

/** The callers above a service, the nearest first. */
function lineage(root: Service, wanted: Service): Service[] {
  if (root === wanted) return [];
  for (const child of root.below) {
    if (child === wanted) return [root];
    if (everyone(child).includes(wanted)) return [...lineage(child, wanted), root];
  }
  return [];
}
