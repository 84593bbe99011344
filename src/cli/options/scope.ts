import { WARNING_RULES } from "../../cascade/index.ts";
import type { Entry } from "../../dialects/index.ts";
import type { FollowScope, ListenScope, Scope, StoreScope } from "../../pipeline/index.ts";
import { type Clock, parseFilter, UTC_CLOCK } from "../../present/index.ts";
import type { ServiceRule } from "../../sources/index.ts";
import { usageFailure } from "../failure.ts";
import { readOverrules } from "./overrules.ts";
import { parseMoment, readTimezone, readTimezones } from "./time.ts";

/** The options that scan and tui share. */
export interface ScopeOptions {
  readonly since?: string;
  readonly until?: string;
  readonly where?: readonly string[];
  readonly service?: readonly string[];
  readonly timezone?: readonly string[];
  readonly dialects?: readonly string[];
  readonly overrules?: string;
  readonly allow?: readonly string[];
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
  readonly stores?: readonly StoreScope[];
  readonly follow?: FollowScope | null;
}

/**
 * Makes the scope of a reading from the words of a command line.
 *
 * @throws Failure that says which option is wrong and how to write it
 */
export function readScope(words: ScopeWords): Scope {
  const { inputs, options = {}, dialects = [], nowMs, listen = null, stores = [], follow = null } = words;
  const { timezone, zones } = readTimezones(options.timezone ?? []);
  const zone = readTimezone(timezone);
  const since = options.since === undefined ? undefined : parseMoment(options.since, "--since", nowMs, zone);
  const until = options.until === undefined ? undefined : parseMoment(options.until, "--until", nowMs, zone);
  if (since !== undefined && until !== undefined && since > until) {
    throw usageFailure(`--since ${options.since} is later than --until ${options.until}: nothing lies between them`);
  }
  const where = parseFilter((options.where ?? []).join(" "), shownClock(options).offset);
  if (where.problem !== null) throw usageFailure(`--where: ${where.problem}`);
  return {
    inputs,
    services: (options.service ?? []).map(readService),
    timezone,
    zones,
    since,
    until,
    where,
    dialects,
    overrules: options.overrules === undefined ? [] : readOverrules(options.overrules),
    allow: readAllowed(options.allow ?? []),
    listen,
    stores,
    follow,
  };
}

/** The clock that times are shown and written by: UTC, unless a zone was asked for. */
export function shownClock({ timezone = [] }: ScopeOptions): Clock {
  const { timezone: name } = readTimezones(timezone);
  if (name === undefined) return UTC_CLOCK;
  const zone = readTimezone(name);
  return { name: name === "local" ? process.env["TZ"] || "local" : name, offset: (utcMs) => zone(utcMs + zone(utcMs)) };
}

function readAllowed(rules: readonly string[]): ReadonlySet<string> {
  for (const rule of rules) {
    if (!WARNING_RULES.includes(rule))
      throw usageFailure(`--allow "${rule}": there is no such rule; use one of ${WARNING_RULES.join(", ")}`);
  }
  return new Set(rules);
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
