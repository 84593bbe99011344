import type { Side } from "../model/index.ts";

/** A ttstream error as its fields. */
export interface TtstreamError {
  /** A 32-bit signed integer. */
  readonly code: number;
  readonly side: Side | null;
  /** The services above the one that shows the text, origin first; null where the text has no path group. */
  readonly path: readonly string[] | null;
  readonly message: string;
}

/** What every ttstream error text begins with, up to its code. */
export const MARKER = "[ttstream error, code=";

/** The side groups, without the space that ends them. */
export const SIDE_GROUPS: Readonly<Record<Side, string>> = {
  client: "[client-side stream]",
  server: "[server-side stream]",
};

/** What the path group begins with. */
export const PATH_GROUP = "[canceled path: ";

/** What stands between two names of a path in a text; on the wire it is a comma. */
export const ARROW = " -> ";

/**
 * Writes an error byte for byte as Kitex prints it (docs/protocol.md#ttstream-text). An empty path is written as none. Names are not
 * escaped, as Kitex does not escape them either.
 */
export function format(error: TtstreamError): string {
  const side = error.side === null ? "" : `${SIDE_GROUPS[error.side]} `;
  const path = error.path === null || error.path.length === 0 ? "" : `${PATH_GROUP}${error.path.join(ARROW)}] `;
  return `${MARKER}${error.code}] ${side}${path}${error.message}`;
}
