/**
 * The HTTP edge of a service: its requests as scopes, so that a browser that closes the tab ends everything that was done for it.
 *
 * For servers of node:http, node:http2, Fastify, Express, Hono and every handler in the style of fetch.
 */
import "../needs-node.ts";

export type { EndedBy, Ending } from "./ending.ts";
export type { Exchange, ResponseWriter } from "./exchange.ts";
export { RequestScope, type RequestScopeOptions, requestScope, withRequestScope } from "./request-scope.ts";
export type { SseOptions, SseSource } from "./sse/event-text.ts";
export type { SseMessage } from "./sse/message.ts";
export { type SseEnd, sse, sseResponse } from "./sse/send.ts";
export type { FastifyLike, HonoLike, RequestSubject } from "./subject.ts";
