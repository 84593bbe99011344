/**
 * What all copies of @opentelemetry/api with one major version share in a process (its `internal/global-utils`): who registered a provider
 * first, and with which version. Needs none of the copies.
 */
const KEY = Symbol.for("opentelemetry.js.api.1");

/** The providers that are registered, by the copy of this version. */
export interface GlobalApi {
  readonly version: string;
  /** The tracer provider. */
  readonly trace?: unknown;
}

/** What is registered; undefined where nothing is yet. */
export function registeredApi(): GlobalApi | undefined {
  return (globalThis as { readonly [KEY]?: GlobalApi })[KEY];
}
