import type { HttpFacts } from "../runtime/index.ts";
import type { Ending } from "./ending.ts";

/** Writes a response as it comes. */
export interface ResponseWriter {
  begin(status: number, headers: Readonly<Record<string, string>>): void;
  /** False: more than enough waits to be sent, see {@link drained}. */
  write(text: string): boolean;
  /** Resolves when there is room again, or the signal aborts. */
  drained(signal: AbortSignal): Promise<void>;
  end(): void;
  destroy(error: Error): void;
}

/** One request and its response, of whatever server. */
export interface Exchange {
  /** Live. */
  readonly facts: HttpFacts;
  /** The client's address with its port; null where nobody tells. */
  readonly peerAddress: string | null;
  /** The values of the request's headers, by their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Writes the response; null where the handler returns it. */
  readonly writer: ResponseWriter | null;
  /**
   * Calls back when the response has closed: with null where it was finished, else with who ended it. At once, before it returns, where
   * that has happened.
   */
  onClosed(listener: (ending: Ending | null) => void): void;
}

/** Header values of Node's servers as one text each. */
export function headerTexts(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    texts.set(name, typeof value === "string" ? value : value.join(", "));
  }
  return texts;
}

/** The path of a request's target, without query and fragment. */
export function pathOf(target: string): string {
  const end = target.search(/[?#]/);
  return end < 0 ? target : target.slice(0, end);
}
