/** What the readers of access logs find: one request, as its line tells it. */
import type { Route } from "../../../model/index.ts";
import type { Sign } from "../../catalogue/index.ts";

/** A request as an access line tells it. */
export interface AccessLine {
  /** The software, where only one writes lines of this shape; null where many do. */
  readonly product: string | null;
  /** Null for a connection that carries something else than HTTP. */
  readonly route: Route | null;
  /** Null where none was sent. */
  readonly status: number | null;
  readonly durationMs: number | null;
  /** True where the line's time is that of the request's beginning. */
  readonly timedAtStart: boolean;
  /** The address of whoever asked. */
  readonly client: string | null;
  /** Names, hosts and `host:port` that a proxy passed the request on to. */
  readonly calls: readonly string[];
  /** Ids of the request that stand in the line without a name. */
  readonly ids: readonly string[];
  readonly proxy: boolean;
  /** False for a request that the writer sent, as a client logs it. */
  readonly served: boolean;
  /** How the request ended; null where it ended well or nothing is said of it. */
  readonly end: Sign | null;
  /** The sign for that, as it stands in the line. */
  readonly sign: string | null;
  /** Default timers of the software that end a request in silence, milliseconds. */
  readonly silentTimersMs: readonly number[];
}

/** What a reader of one shape finds; what it leaves out has the value that says nothing. */
export interface Found {
  readonly product?: string;
  /** Absent for a connection that carries something else than HTTP. */
  readonly method?: string;
  readonly path?: string;
  readonly status: number | null;
  readonly durationMs: number | null;
  /** Present where the line's own time is that of the request's beginning: its text, empty where that is no part of what was read. */
  readonly began?: string;
  readonly client: string | null;
  readonly calls?: readonly string[];
  readonly ids?: readonly string[];
  readonly proxy?: boolean;
  readonly served?: boolean;
  readonly end?: Sign | null;
  readonly sign?: string;
  readonly silentTimersMs?: readonly number[];
}

/** The request line in quotes: method and path are groups of it. A connection that sent none has `-`. */
export const REQUEST = '"([A-Z]{3,9}) (\\S+)(?: [A-Z]+/[\\d.]+)?"';

/** What stands for a value that is not there. */
export function given(text: string | undefined): string | null {
  return text === undefined || text === "" || text === "-" ? null : text;
}
