/** Rules about lines that only tell of neighbours: nobody says that it ended anything, or was ended. */

import type { Case, Finding } from "./case.ts";
import { nameOf } from "./endings.ts";
import type { Sight } from "./sight.ts";

/** Only neighbours that went away, or answered with somebody's deadline. */
export function onlyNeighbours(given: Case): Finding | null {
  const sights = given.saw("callee", "answer", "reset");
  const [first] = sights;
  if (first === undefined) return null;
  const { map, byService } = given.around;
  const lines = sights.map(({ line }) => line);
  const answers = sights.filter(({ saw }) => saw === "answer");
  if (answers.length === sights.length) return answeredOnly(given, answers);
  const writers = [...new Set(sights.map(({ service }) => service))];
  const [lowest] = given.bottomsOf(writers);
  const own = sights.find(({ service }) => service === lowest) ?? first;
  const callees = map.calleesOf(own.service).filter((service) => !writers.includes(service));
  const others = [...byService.keys()].filter(
    (service) => service !== "" && !writers.includes(service) && !given.around.fronts.has(service),
  );
  const candidate =
    callees.length === 1 ? callees[0] : callees.length === 0 && others.length === 1 ? others[0] : undefined;
  const name = nameOf(own.service) ?? "a service";
  if (candidate === undefined) {
    return {
      service: null,
      kind: own.kind === "reset" ? "reset" : "disconnect",
      confidence: "weak",
      rule: "callee-gone",
      text: `${name} says that the service it called went away; which one that is, and why, no log here tells`,
      lines,
      external: `the service that ${name} called`,
    };
  }
  return {
    service: candidate,
    kind: own.kind === "shutdown" ? "shutdown" : "disconnect",
    confidence: "weak",
    rule: "callee-gone",
    text: `${name} says that the service it called went away: that is ${candidate}, which says nothing of it. A crash, a restart and the network between them look alike`,
    lines,
  };
}

/** A service that was called had said itself why it would end the stream, and the one that called it writes that down. */
export function toldByCallee(given: Case): Finding | null {
  const told = given
    .saw("callee")
    .filter(
      ({ kind, line: { evidence } }) => kind !== "disconnect" && evidence.type === "claim" && evidence.ownSetting,
    );
  const [lowest] = given.bottomsOf([...new Set(told.map(({ service }) => service))]);
  const own = told.filter(({ service }) => service === lowest);
  const [first] = own;
  if (first === undefined || lowest === undefined) return null;
  const callees = given.around.map.calleesOf(lowest);
  const [callee] = callees;
  const name = nameOf(lowest) ?? "a service";
  const known = callees.length === 1 && callee !== undefined;
  return {
    service: known ? callee : null,
    kind: first.kind,
    // One that shows nothing of it may have handed it on
    confidence: known && given.services.has(callee) ? "strong" : "weak",
    rule: "told-by-its-callee",
    text: `${name} writes what the service that it called had said before it ended the stream: ${first.kind === "shutdown" ? "it was stopping" : "its own limit of time was over"}`,
    lines: own.map(({ line }) => line),
    ...(known ? {} : { external: `the service that ${name} called` }),
  };
}

function answeredOnly(given: Case, answers: readonly Sight[]): Finding {
  const services = [...new Set(answers.map(({ service }) => service))];
  const lowest = given.bottomsOf(services)[0] as string;
  const own = answers.filter(({ service }) => service === lowest);
  const below = given.around.map.calleesOf(lowest);
  const service = below.length === 1 ? (below[0] as string) : nameOf(lowest);
  return {
    service,
    kind: (own[0] as Sight).kind,
    confidence: "weak",
    rule: "answer-handed-on",
    text: `${nameOf(lowest) ?? "a service"} is the lowest that passes this answer on; whoever it called may have it from further down`,
    lines: own.map(({ line }) => line),
  };
}
