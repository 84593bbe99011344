/**
 * What the structured loggers of a chain's services would have written: the log of peers without the events only a test wants to see, in the
 * form of the recordings in test/fixtures/kitex/json. No field says who cancelled.
 */
import type { PeerLine } from "../support/kitex.ts";

/** One line of a structured logger. */
export interface LoggedLine {
  readonly time: string;
  readonly level: "info" | "warn" | "error";
  readonly service: string;
  readonly logger?: string;
  readonly msg: string;
  readonly method?: string;
  readonly peer?: string;
  readonly err?: string;
}

const LEVELS: Readonly<Record<string, LoggedLine["level"]>> = { Info: "info", Warn: "warn", Error: "error" };

/** The lines in time order. */
export function structured(lines: readonly PeerLine[]): LoggedLine[] {
  return lines.flatMap(logged).sort((a, b) => (a.time < b.time ? -1 : 1));
}

function logged(line: PeerLine): LoggedLine[] {
  const { ts: time, service, event, side, error, method, op, to, text = "" } = line;
  const stream = {
    ...(method === undefined ? {} : { method }),
    ...(to === undefined ? {} : { peer: to }),
    ...(error === undefined ? {} : { err: error }),
  };
  if (event === "stream_error") {
    return [{ time, level: "error", service, logger: "chat", msg: `stream ${op} failed`, ...stream }];
  }
  if (event === "ctx_done" && side === "server") {
    return [{ time, level: "warn", service, logger: "chat", msg: "stream context done", ...stream }];
  }
  const framework = event === "klog" ? /: \[(\w+)\] ([\s\S]*)$/.exec(text) : null;
  if (framework === null) return [];
  const [, level = "", msg = ""] = framework;
  return [{ time, level: LEVELS[level] ?? "info", service, msg }];
}
