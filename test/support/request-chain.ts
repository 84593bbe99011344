/** Chains of services whose requests are ended in known ways, for properties. */
import type { RequestFact } from "../../src/model/index.ts";
import { at } from "./evidence.ts";
import { aborted, left, lost, type More, RPC, sent, served, timedOut } from "./requests.ts";

/** What ends a chain: nothing, its user, or one of its services. */
export type Ending =
  | { readonly how: "ok" }
  | { readonly how: "leaves" }
  | { readonly how: "aborts" | "times-out" | "dies"; readonly who: number };

/** What to play. */
export interface Play {
  readonly services: number;
  readonly ending: Ending;
  /** `responses`: responses end with their callers; `handlers`: with their handlers; `calls`: statuses travel. */
  readonly stack: "responses" | "handlers" | "calls";
  /** How long one hop takes to notice, in milliseconds. */
  readonly hopMs: number;
}

const CUT = 800;

/** The name of the n-th service. */
export const nameOf = (index: number): string => `s${index}`;

interface Times {
  served: number;
  sent: number;
  readonly how: "end" | "cut" | "told" | "dead";
}

/** The requests of a chain, each recorded without a mistake. */
export function play({ services, ending, stack, hopMs }: Play): RequestFact[] {
  const times = Array.from({ length: services }, (_, index) => timesOf(index, services, ending, stack, hopMs));
  return times.flatMap((own, index) => {
    if (own.how === "dead") return [];
    const parent = index === 0 ? null : `c${index - 1}`;
    const base = stack === "calls" && index > 0 ? RPC : { endsWithCaller: stack === "responses" };
    const spans = [
      served(nameOf(index), `h${index}`, parent, [index * 10, own.served], {
        ...base,
        ...servedEnd(own, stack, index),
      }),
    ];
    if (index < services - 1)
      spans.push(
        sent(nameOf(index), `c${index}`, `h${index}`, [index * 10 + 5, own.sent], {
          address: `127.0.0.1:${7_001 + index}`,
          ...sentEnd(own, ending, stack, index),
        }),
      );
    return spans;
  });
}

/** Where the ends of one service's requests lie: from the top down after a cut, from the bottom up otherwise. */
function timesOf(index: number, services: number, ending: Ending, stack: Play["stack"], hopMs: number): Times {
  const own = stack === "responses" ? 5 : 0.3;
  const up = (from: number): Times => ({
    sent: CUT + (from - index) * hopMs,
    served: CUT + (from - index) * hopMs + own,
    how: "end",
  });
  if (ending.how === "ok") return up(services);
  const who = ending.how === "leaves" ? -1 : ending.who;
  if (index < who) return up(who);
  const down = CUT + (index - Math.max(who, 0)) * hopMs;
  if (index === who) {
    if (ending.how === "dies") return { sent: down, served: down, how: "dead" };
    return { sent: down, served: down + own, how: "cut" };
  }
  return stack === "responses"
    ? { served: down, sent: down + 0.8, how: "told" }
    : { sent: down, served: down + own, how: "told" };
}

function servedEnd({ how }: Times, stack: Play["stack"], index: number): More {
  if (stack !== "calls" || index === 0 || how !== "told") return {};
  return left({ kind: "cancel", knowledge: "hearsay", message: "" });
}

function sentEnd({ how }: Times, ending: Ending, stack: Play["stack"], index: number): More {
  const rpc = stack === "calls" ? RPC : {};
  if (ending.how === "ok") return { ...rpc, ...(stack === "calls" ? { status: "ok" } : {}) };
  const knowledge = stack === "calls" ? "hearsay" : "fact";
  if (how === "end") {
    const dead = ending.how === "dies" && index === ending.who - 1;
    return { ...rpc, ...(dead ? lost({ knowledge }) : stack === "calls" ? aborted({ knowledge, message: "" }) : {}) };
  }
  const timer = ending.how === "times-out" && index === ending.who;
  return { ...rpc, ...(timer ? timedOut({ knowledge }) : aborted({ knowledge, message: "" })) };
}

/** Requests with every service's clock moved by its own difference; hosts are told apart by their names. */
export function withClocks(requests: readonly RequestFact[], skews: readonly number[]): RequestFact[] {
  return requests.map((each) => {
    const moveMs = skews[Number((each.service ?? "s0").slice(1)) % skews.length] ?? 0;
    const move = (instant: bigint | null): bigint | null => (instant === null ? null : instant + at(moveMs) - at(0));
    return {
      ...each,
      host: `host-${each.service}`,
      address: each.address?.replace("127.0.0.1", "10.0.0.1") ?? null,
      at: move(each.at),
      request: { ...each.request, startAt: move(each.request.startAt) },
    };
  });
}
