/**
 * What frameworks hand to a handler, and the exchange that is behind it. They are told apart by what they have, so that none of them has
 * to be installed.
 */
import type { ServerResponse } from "node:http";
import type { Http2ServerResponse, Http2Stream, ServerHttp2Stream } from "node:http2";
import type { Exchange } from "./exchange.ts";
import { FetchExchange } from "./fetch-exchange.ts";
import { Http2Exchange } from "./http2-exchange.ts";
import { NodeExchange } from "./node-exchange.ts";

/** The part of a Fastify reply that is used. */
export interface FastifyLike {
  readonly raw: ServerResponse | Http2ServerResponse;
  readonly request: { readonly routeOptions?: { readonly url?: string | undefined } };
  hijack?(): unknown;
}

/** The part of a Hono context that is used. */
export interface HonoLike {
  readonly req: { readonly raw: Request };
  readonly env: unknown;
}

/**
 * A request that is being answered: the response of node:http, node:http2 or Express, a stream of node:http2, the reply of Fastify, the
 * context of Hono, or a Request. A stream must be a server's, of whichever of its types a listener's is said to be.
 */
export type RequestSubject =
  | ServerResponse
  | Http2ServerResponse
  | ServerHttp2Stream
  | Http2Stream
  | FastifyLike
  | HonoLike
  | Request;

/** The exchange behind what a framework handed over. Throws TypeError where it is none of them. */
export function exchangeOf(subject: RequestSubject, given: string | undefined): Exchange {
  const route = given === undefined ? null : () => given;
  if (isRequest(subject)) return new FetchExchange(subject, route);
  if (isHono(subject)) {
    const outgoing = outgoingOf(subject.env);
    const own = route ?? (() => honoRoute(subject));
    return outgoing === null ? new FetchExchange(subject.req.raw, own) : ofNode(outgoing, own);
  }
  if (isFastify(subject))
    return ofNode(
      subject.raw,
      route ?? (() => subject.request.routeOptions?.url ?? null),
      () => void subject.hijack?.(),
    );
  if (isResponse(subject)) return ofNode(subject, route);
  if (isStream(subject)) return new Http2Exchange(subject, null, route);
  throw new TypeError(
    "subject must be the response of a request (node:http, node:http2, Express), a Fastify reply, a Hono context or a Request",
  );
}

function ofNode(
  response: ServerResponse | Http2ServerResponse,
  route: (() => string | null) | null,
  taken: (() => void) | null = null,
): Exchange {
  return "stream" in response
    ? new Http2Exchange(response.stream, response, route, taken)
    : new NodeExchange(response, route, taken);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isRequest(value: unknown): value is Request {
  return isObject(value) && value["signal"] instanceof AbortSignal && typeof value["arrayBuffer"] === "function";
}

function isResponse(value: unknown): value is ServerResponse | Http2ServerResponse {
  return (
    isObject(value) &&
    typeof value["setHeader"] === "function" &&
    typeof value["once"] === "function" &&
    isObject(value["req"])
  );
}

function isStream(value: unknown): value is ServerHttp2Stream {
  return isObject(value) && typeof value["respond"] === "function" && typeof value["once"] === "function";
}

function isFastify(value: unknown): value is FastifyLike {
  return isObject(value) && isObject(value["request"]) && isResponse(value["raw"]);
}

function isHono(value: unknown): value is HonoLike {
  return isObject(value) && isObject(value["req"]) && isRequest(value["req"]["raw"]);
}

/** What @hono/node-server puts into a context's environment. */
function outgoingOf(env: unknown): ServerResponse | Http2ServerResponse | null {
  const outgoing = isObject(env) ? env["outgoing"] : null;
  return isResponse(outgoing) ? outgoing : null;
}

function honoRoute({ req }: HonoLike): string | null {
  const { routePath } = req as { routePath?: unknown };
  return typeof routePath === "string" && routePath !== "*" && routePath !== "/*" ? routePath : null;
}
