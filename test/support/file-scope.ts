import type { Scope } from "../../src/pipeline/index.ts";
import { parseFilter } from "../../src/present/index.ts";

/** The scope of a reading of these inputs and nothing else: no conditions, and times without a zone in UTC. */
export function fileScope(inputs: readonly string[]): Scope {
  return {
    inputs,
    services: [],
    timezone: "UTC",
    zones: [],
    since: undefined,
    until: undefined,
    where: parseFilter(""),
    dialects: [],
    overrules: [],
    allow: new Set(),
    listen: null,
    stores: [],
    follow: null,
  };
}
