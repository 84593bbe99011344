import { CallScope } from "./call-scope.ts";

/** What {@link httpScope} needs of a response: node:http's ServerResponse has it. */
export interface HttpResponse {
  readonly writableFinished: boolean;
  /** True once the response has closed, whoever closed it. */
  readonly closed?: boolean;
  readonly destroyed?: boolean;
  /** Node 26 gives requests a signal; it may abort before the response closes. */
  readonly req?: { readonly signal?: AbortSignal };
  once(event: "close", listener: () => void): unknown;
}

/**
 * A scope for one HTTP request: when the client leaves before the response is finished, every call of the scope is cancelled, with this
 * service as the origin, code 12013 and kind disconnect. It closes itself with the response. Throws TypeError naming a wrong argument.
 *
 * @deprecated `requestScope` of `streamscope/http` knows who ended the response, and frameworks; this one goes with the next release.
 */
export function httpScope(response: HttpResponse, options: { readonly service: string }): CallScope {
  if (typeof response?.once !== "function") throw new TypeError("response must be the ServerResponse of a request");
  const scope = new CallScope(options);
  const gone = () => {
    if (!response.writableFinished) scope.disconnected("the HTTP client");
  };
  // Listening first: a call that was given the request's signal as well must find its scope cancelled when that aborts.
  response.req?.signal?.addEventListener("abort", gone, { once: true });
  const closed = () => {
    gone();
    scope[Symbol.dispose]();
  };
  // A client that left while the handler awaited something else: its `close` is past.
  if (response.closed === true || response.destroyed === true) closed();
  else response.once("close", closed);
  return scope;
}
