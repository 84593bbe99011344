import { describe, expect, it } from "vitest";
import { type Cause, causeOf } from "../../../src/dialects/otel/wording.ts";

/** Errors as libraries write them: text, name, what they say. */
const SAMPLES: readonly (readonly [text: string, type: string | null, cause: Cause | null])[] = [
  // undici and fetch
  ["The operation was aborted due to timeout", "23", "timer"],
  ["This operation was aborted", "20", "abort"],
  ["This operation was aborted", "AbortError", "abort"],
  ["other side closed", "UND_ERR_SOCKET", "peer-gone"],
  ["terminated", "TypeError", "closed"],
  ["Headers Timeout Error", "UND_ERR_HEADERS_TIMEOUT", "timer"],
  ["Body Timeout Error", "UND_ERR_BODY_TIMEOUT", "timer"],
  ["Connect Timeout Error", "UND_ERR_CONNECT_TIMEOUT", "refused"],
  ["connect ECONNREFUSED 127.0.0.1:7102", "ECONNREFUSED", "refused"],
  ["getaddrinfo ENOTFOUND model", "Error", "refused"],
  ["client disconnected", "Error", "caller"],
  ["the user pressed stop", "Error", null],
  // node:http, axios, node-fetch
  ["socket hang up", "ECONNRESET", "closed"],
  ["aborted", "ECONNRESET", "closed"],
  ["read ECONNRESET", "ECONNRESET", "peer-gone"],
  ["The user aborted a request.", "AbortError", "abort"],
  ["canceled", "CanceledError", "abort"],
  ["timeout of 700ms exceeded", "AxiosError", "timer"],
  ["connect ETIMEDOUT 10.0.0.1:80", "ETIMEDOUT", "refused"],
  ["Client network socket disconnected before secure TLS connection was established", "ECONNRESET", "refused"],
  // Go
  ["context canceled", "*errors.errorString", "abort"],
  ["context deadline exceeded (Client.Timeout exceeded while awaiting headers)", "*http.httpError", "timer"],
  ["unexpected EOF", "*errors.errorString", "peer-gone"],
  ["read tcp 10.0.0.1:1->10.0.0.2:2: read: connection reset by peer", "*net.OpError", "peer-gone"],
  ["dial tcp 10.0.0.2:80: i/o timeout", "*net.OpError", "refused"],
  ["dial tcp 10.0.0.2:80: connect: connection refused", "*net.OpError", "refused"],
  ["http2: client connection force closed via ClientConn.Close", "*errors.errorString", "closed"],
  ["stream terminated by RST_STREAM with error code: CANCEL", null, "reset"],
  // Vert.x lets go of its own request with code 0; what arrives has a code
  ["Stream reset: 0", "io.vertx.core.http.StreamResetException", "abort"],
  ["Stream reset: 2", "io.vertx.core.http.StreamResetException", null],
  // Python
  ["", "asyncio.exceptions.CancelledError", "abort"],
  ["", "httpx.ReadTimeout", "timer"],
  ["", "httpx.ConnectTimeout", "refused"],
  ["All connection attempts failed", "httpx.ConnectError", "refused"],
  [
    "peer closed connection without sending complete message body (incomplete chunked read)",
    "httpx.RemoteProtocolError",
    "peer-gone",
  ],
  ["Server disconnected", "aiohttp.client_exceptions.ServerDisconnectedError", "peer-gone"],
  ["", "starlette.requests.ClientDisconnect", "caller"],
  [
    "400 Bad Request: The browser sent a request that this server could not understand.",
    "werkzeug.exceptions.ClientDisconnected",
    "caller",
  ],
  ["", "django.core.exceptions.RequestAborted", "caller"],
  ["Cannot write to closing transport", "aiohttp.client_exceptions.ClientConnectionResetError", "closed"],
  ["", "builtins.TimeoutError", "timer"],
  // Java
  ["Read timed out", "java.net.SocketTimeoutException", "timer"],
  ["timeout", "java.io.InterruptedIOException", "timer"],
  ["Canceled", "java.io.IOException", "abort"],
  ["stream was reset: CANCEL", "okhttp3.internal.http2.StreamResetException", "reset"],
  ["java.io.IOException: Broken pipe", "org.apache.catalina.connector.ClientAbortException", "caller"],
  [
    "ServletOutputStream failed to write: java.io.IOException: Broken pipe",
    "org.springframework.web.context.request.async.AsyncRequestNotUsableException",
    "caller",
  ],
  // Clients of databases
  ["The client is closed", "ClientClosedError", null],
  ["Client was closed and is not queryable", "Error", null],
  ["Connection prematurely closed DURING response", "reactor.netty.http.client.PrematureCloseException", "peer-gone"],
  ["unexpected end of stream", "java.io.IOException", "peer-gone"],
  ["Connection reset", "java.net.SocketException", "peer-gone"],
  ["Network closed for unknown reason", "io.grpc.StatusRuntimeException", "peer-gone"],
  // .NET
  [
    "The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.",
    "System.Threading.Tasks.TaskCanceledException",
    "timer",
  ],
  ["A task was canceled.", "System.Threading.Tasks.TaskCanceledException", "abort"],
  ["The response ended prematurely.", "System.Net.Http.HttpIOException", "peer-gone"],
  // Nothing of the kind
  ["Unexpected token < in JSON at position 0", "SyntaxError", null],
  ["model is overloaded", "Error", null],
  ["", "500", null],
];

describe("the words of an error", () => {
  it.each(SAMPLES)("%j of %s say %s", (text, type, cause) => {
    expect(causeOf(text === "" ? [] : [text], type)).toBe(cause);
  });
});
