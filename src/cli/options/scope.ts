import type { Entry } from "../../dialects/index.ts";
import type { JaegerScope, ListenScope, Scope } from "../../pipeline/index.ts";
import { parseWhere } from "../../present/index.ts";
import type { ServiceRule } from "../../sources/index.ts";
import { usageFailure } from "../failure.ts";
import { parseMoment, readTimezone, readTimezones } from "./time.ts";

/** The options that scan and tui share. */
export interface ScopeOptions {
  readonly since?: string;
  readonly until?: string;
  readonly where?: readonly string[];
  readonly service?: readonly string[];
  readonly timezone?: readonly string[];
  readonly dialects?: readonly string[];
}

/** What a scope is made from. */
export interface ScopeWords {
  readonly inputs: readonly string[];
  readonly options?: ScopeOptions;
  /** What the files of `--dialects` hold. */
  readonly dialects?: readonly Entry[];
  /** The moment that durations of --since and --until count back from. */
  readonly nowMs: number;
  readonly listen?: ListenScope | null;
  readonly jaeger?: JaegerScope | null;
}

/**
 * Makes the scope of a reading from the words of a command line.
 *
 * @throws Failure that says which option is wrong and how to write it
 */
export function readScope(words: ScopeWords): Scope {
  const { inputs, options = {}, dialects = [], nowMs, listen = null, jaeger = null } = words;
  const { timezone, zones } = readTimezones(options.timezone ?? []);
  const zone = readTimezone(timezone);
  const since = options.since === undefined ? undefined : parseMoment(options.since, "--since", nowMs, zone);
  const until = options.until === undefined ? undefined : parseMoment(options.until, "--until", nowMs, zone);
  if (since !== undefined && until !== undefined && since > until) {
    throw usageFailure(`--since ${options.since} is later than --until ${options.until}: nothing lies between them`);
  }
  const where = (options.where ?? []).map((text) => {
    const outcome = parseWhere(text);
    if (outcome.where === undefined) throw usageFailure(`--where: ${outcome.problem}`);
    return outcome.where;
  });
  return {
    inputs,
    services: (options.service ?? []).map(readService),
    timezone,
    zones,
    since,
    until,
    where,
    dialects,
    listen,
    jaeger,
  };
}

function readService(text: string): ServiceRule {
  const at = text.indexOf("=");
  const name = text.slice(0, Math.max(0, at));
  const glob = text.slice(at + 1);
  if (at < 1 || glob === "") {
    throw usageFailure(`--service "${text}": write NAME=GLOB, for example --service chat='pod-7*.log'`);
  }
  return { name, glob };
}
