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
    (service) => service !== "" && !writers.includes(service) && !given.isFront(service),
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
