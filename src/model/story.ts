import type { Cascade } from "./cascade.ts";

/** What makes two cascades tell the same story, as a key. */
export function storyOf(cascade: Cascade): string {
  const { origin } = cascade;
  return JSON.stringify([
    origin.service,
    origin.kind,
    origin.code,
    origin.confidence,
    origin.intent ?? null,
    cascade.reached.map((each) => [each.via, each.service, each.state].join("\u0000")).sort(),
    cascade.falseOrigins.map((each) => each.service).sort(),
    cascade.trigger?.service ?? null,
  ]);
}
