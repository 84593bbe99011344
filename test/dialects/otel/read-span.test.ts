import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEvidence } from "../../../src/dialects/index.ts";
import type { RequestFact, SpanFacts } from "../../../src/model/index.ts";
import { at } from "../../support/evidence.ts";
import { type SpanText, spanRecord } from "../../support/span.ts";

/** The one piece of evidence in a span, which tells of a request. */
function requestOf(said: SpanText): RequestFact {
  const [evidence, ...others] = readEvidence(spanRecord(said));
  expect(others).toEqual([]);
  if (evidence?.type !== "request") throw new Error(`${evidence?.type} is no request`);
  return evidence;
}

const HTTP = { "http.request.method": "GET", "http.response.status_code": "200" };
const RPC = { "rpc.system": "grpc", "rpc.method": "Generate" };

/** `observation about knowledge kind` of how the request ended; null if nothing is said of it. */
function endOf(said: SpanText): string | null {
  const { outcome } = requestOf(said);
  return outcome === null ? null : `${outcome.observation} ${outcome.about} ${outcome.knowledge} ${outcome.kind}`;
}

describe("a span of any tracer", () => {
  it("is a request with a beginning, an end, a side and the ids of its trace", () => {
    expect(requestOf({ kind: "server", attributes: HTTP, endMs: 700 })).toMatchObject({
      service: "agent",
      side: "server",
      serves: true,
      at: at(700),
      request: { role: "served", startAt: at(0) },
      spanId: "9c1e5a7b3d2f4860",
      protocol: "http",
      answer: "200",
      outcome: null,
    });
    expect(requestOf({ kind: "consumer" }).request.role).toBe("served");
    expect(requestOf({ kind: "producer" }).request.role).toBe("sent");
    expect(requestOf({ kind: "internal" })).toMatchObject({ side: null, serves: false, request: { role: "step" } });
  });

  it.each([
    [{ "server.address": "model", "server.port": "8080" }, "model:8080"],
    [{ "net.peer.name": "model", "net.peer.port": "8080" }, "model:8080"],
    [{ "url.full": "http://user@model:9000/chat?x=1" }, "model:9000"],
    [{ "http.url": "https://model.example/chat" }, "model.example:443"],
    [{ "server.address": "::1", "server.port": "1" }, "[::1]:1"],
    [{ "http.method": "GET" }, null],
  ])("names the server it calls by %j", (attributes, address) => {
    expect(requestOf({ attributes }).address).toBe(address);
  });

  it("names its own address where it serves, never its caller's", () => {
    const attributes = { "net.peer.ip": "10.0.0.9", "net.peer.port": "4711", "http.url": "http://agent:8000/chat" };
    expect(requestOf({ kind: "server", attributes }).address).toBe("agent:8000");
    const own = { "net.host.name": "agent", "net.host.port": "8000", "net.peer.port": "4711" };
    expect(requestOf({ kind: "server", attributes: own }).address).toBe("agent:8000");
  });

  it("knows its protocol by conventions old and new", () => {
    expect(requestOf({ attributes: { "http.method": "GET" } }).protocol).toBe("http");
    expect(requestOf({ attributes: RPC }).protocol).toBe("rpc");
    expect(requestOf({ attributes: { "rpc.system.name": "connectrpc" } }).protocol).toBe("rpc");
    expect(requestOf({ attributes: { "messaging.system": "kafka" } }).protocol).toBe("messaging");
    expect(requestOf({ kind: "internal" }).protocol).toBeNull();
  });

  it("shows by its end when the caller left only where responses and handlers end apart", () => {
    const attributes = { ...HTTP, "telemetry.sdk.language": "nodejs" };
    expect(requestOf({ kind: "server", attributes }).endsWithCaller).toBe(true);
    expect(requestOf({ kind: "server", attributes: HTTP }).endsWithCaller).toBe(false);
    expect(requestOf({ kind: "client", attributes }).endsWithCaller).toBe(false);
  });

  it("waited in vain where an ASGI application's wait for its client brought no event", () => {
    const waited = (said: SpanText, name = "GET /chat http receive"): boolean => {
      const record = spanRecord({ kind: "internal", ...said });
      const [evidence] = readEvidence({ ...record, span: { ...(record.span as SpanFacts), name } });
      return (evidence as RequestFact).waitedInVain;
    };
    expect(waited({})).toBe(true);
    expect(waited({ attributes: { "asgi.event.type": "http.disconnect" } })).toBe(false);
    expect(waited({ attributes: { "exception.type": "RuntimeError" } })).toBe(false);
    expect(waited({ status: 2 })).toBe(false);
    expect(waited({}, "GET /chat http send")).toBe(false);
    expect(waited({ kind: "server" })).toBe(false);
  });

  it("says nothing of its end where it ended well", () => {
    expect(endOf({ attributes: HTTP })).toBeNull();
    expect(endOf({ attributes: { ...RPC, "rpc.grpc.status_code": "0" } })).toBeNull();
    expect(requestOf({ attributes: { ...RPC, "rpc.response.status_code": "OK" } }).status).toBe("ok");
    expect(endOf({ message: "client disconnected", attributes: HTTP })).toBeNull();
  });
});

describe("the client's span of an HTTP request that failed", () => {
  const http = (message: string, type: string, more: Readonly<Record<string, string>> = HTTP): string | null =>
    endOf({ status: 2, message, attributes: { ...more, "exception.type": type } });

  it("tells of this service's own timer or abort for a fact: no library speaks of another's", () => {
    expect(http("The operation was aborted due to timeout", "23")).toBe("started self fact deadline");
    expect(http("This operation was aborted", "20")).toBe("started self fact cancel");
  });

  it("tells in an abort's reason that the caller had left", () => {
    expect(http("client disconnected", "Error")).toBe("relayed caller fact disconnect");
  });

  it("takes unknown words for the application's own reason once the answer had begun, and for an error before", () => {
    expect(http("the user pressed stop", "Error")).toBe("started self fact cancel");
    expect(http("the user pressed stop", "Error", { "http.request.method": "GET" })).toBe("failed self fact error");
    expect(http("Parse Error: Expected HTTP/", "HPE_INVALID_CONSTANT")).toBe("failed callee fact error");
  });

  it("tells in an abort's reason that somebody asked for the stop", () => {
    const intentOf = (message: string): string | undefined =>
      requestOf({ status: 2, message, attributes: { ...HTTP, "exception.type": "Error" } }).outcome?.intent;
    expect(intentOf("the user pressed stop")).toBe("stop");
    expect(intentOf("no longer wanted")).toBeUndefined();
  });

  it("never takes the end of a connection for its own doing", () => {
    expect(http("other side closed", "UND_ERR_SOCKET")).toBe("lost callee fact disconnect");
    expect(http("socket hang up", "ECONNRESET")).toBe("lost connection reading disconnect");
  });

  it("is an error at most where nothing had begun, or a status says so", () => {
    expect(http("connect ECONNREFUSED 127.0.0.1:1", "ECONNREFUSED")).toBe("failed callee fact error");
    expect(
      endOf({ status: 2, attributes: { "http.method": "GET", "http.status_code": "500", "error.type": "500" } }),
    ).toBe("failed callee fact error");
    expect(endOf({ status: 2, attributes: { "http.method": "GET", "http.status_code": "504" } })).toBe(
      "failed callee fact error",
    );
  });

  it("has a call's status in brackets where Connect speaks HTTP/1.1, and that is its own", () => {
    expect(http("[canceled] This operation was aborted", "1")).toBe("started self fact cancel");
    expect(http("[deadline_exceeded] the operation timed out", "4")).toBe("started self fact deadline");
  });
});

describe("the span of a call", () => {
  const call = (kind: "client" | "server", code: string, message = ""): string | null =>
    endOf({ kind, status: 2, message, attributes: { ...RPC, "rpc.grpc.status_code": code } });

  it("is hearsay where its status travels, and a reading where a client library tells of its own end", () => {
    expect(call("client", "1", "context canceled")).toBe("started self hearsay cancel");
    expect(call("client", "1", "1 CANCELLED: Cancelled on client")).toBe("started self reading cancel");
    expect(call("client", "4", "4 DEADLINE_EXCEEDED: Deadline exceeded after 0.697s")).toBe(
      "started self reading deadline",
    );
    expect(call("client", "4", "Deadline Exceeded")).toBe("started self hearsay deadline");
  });

  it("tells of the caller's cancel at the served end, also without an error status", () => {
    const attributes = { ...RPC, "rpc.response.status_code": "CANCELLED" };
    expect(endOf({ kind: "server", attributes })).toBe("received caller hearsay cancel");
    expect(call("server", "4", "stream terminated by RST_STREAM with error code: CANCEL")).toBe(
      "received caller reading deadline",
    );
  });

  it("lost its callee where a connection that stood dropped, and failed where none stood", () => {
    expect(call("client", "14", "14 UNAVAILABLE: Connection dropped")).toBe("lost callee hearsay disconnect");
    expect(call("client", "14", "14 UNAVAILABLE: No connection established")).toBe("failed callee fact error");
    expect(call("client", "13", "13 INTERNAL: oops")).toBe("failed callee fact error");
  });

  it("lost its callee where it has a status without a word, which no server and no balancer gives", () => {
    expect(call("client", "14")).toBe("lost callee hearsay disconnect");
    expect(call("server", "14")).toBe("failed callee fact error");
    expect(call("client", "14", "model overloaded, try later")).toBe("failed callee fact error");
    const aborted = { ...RPC, "rpc.grpc.status_code": "14", "exception.type": "grpc._cython.cygrpc.AbortError" };
    expect(endOf({ kind: "server", status: 2, message: "StatusCode.UNAVAILABLE:busy", attributes: aborted })).toBe(
      "failed callee fact error",
    );
  });

  it("has an application's words only where its own library has none of the kind", () => {
    const answered = (message: string, language: string, system = "grpc"): boolean | undefined =>
      requestOf({
        status: 2,
        message,
        attributes: {
          ...RPC,
          "rpc.system": system,
          "rpc.grpc.status_code": "1",
          "telemetry.sdk.language": language,
        },
      }).outcome?.answered;
    expect(answered("generation was cancelled by an operator", "go")).toBe(true);
    expect(answered("context canceled", "go")).toBeUndefined();
    expect(answered("1 CANCELLED: Cancelled on client", "nodejs")).toBeUndefined();
    expect(answered("Locally cancelled by application!", "python")).toBeUndefined();
    // There an application cancels in words of its own
    expect(answered("the user pressed stop", "java")).toBeUndefined();
    expect(answered("the user pressed stop", "nodejs", "connect_rpc")).toBeUndefined();
  });

  it("was ended by its own service where Java recorded the cause, and by that one's caller where the cause says so", () => {
    const java = (type: string, message: string): string | null =>
      endOf({
        status: 2,
        message,
        attributes: {
          ...RPC,
          "rpc.grpc.status_code": "1",
          "telemetry.sdk.language": "java",
          "exception.type": type,
        },
      });
    expect(java("java.lang.RuntimeException", "stop")).toBe("started self fact cancel");
    expect(java("io.grpc.StatusRuntimeException", "CANCELLED: context cancelled")).toBe("started self hearsay cancel");
    expect(java("io.grpc.StatusRuntimeException", "CANCELLED: RPC cancelled")).toBe("relayed caller reading cancel");
  });

  it("did not end well for sure where grpcio was the client: it writes OK for what its own service cancelled", () => {
    const statusOf = (kind: "client" | "server", language: string): string =>
      requestOf({ kind, attributes: { ...RPC, "rpc.grpc.status_code": "0", "telemetry.sdk.language": language } })
        .status;
    expect(statusOf("client", "python")).toBe("unset");
    expect(statusOf("server", "python")).toBe("ok");
    expect(statusOf("client", "go")).toBe("ok");
  });

  it("names the other end that its text names, and its text without the code", () => {
    const message = "4 DEADLINE_EXCEEDED: Deadline exceeded after 0.697s,LB pick: 0.007s,remote_addr=127.0.0.1:24513";
    const { outcome } = requestOf({ status: 2, message, attributes: { ...RPC, "rpc.grpc.status_code": "4" } });
    expect(outcome).toMatchObject({ remote: "127.0.0.1:24513" });
    expect(outcome?.message).toMatch(/^Deadline exceeded/);
  });

  it("stays with Kitex's own reader where it is Kitex's, or has one of its texts", () => {
    const message =
      "[ttstream error, code=12007] [client-side stream] user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively";
    expect(readEvidence(spanRecord({ status: 2, message, attributes: RPC }))).toMatchObject([{ dialect: "ttstream" }]);
    const grpc = "rpc error: code = Canceled desc = context canceled";
    expect(readEvidence(spanRecord({ status: 2, message: grpc, attributes: { "rpc.system": "kitex" } }))).toMatchObject(
      [{ dialect: "grpc" }],
    );
    expect(endOf({ status: 2, message: grpc, attributes: RPC })).toBe("started self hearsay cancel");
  });
});

describe("the span of work on a request", () => {
  it("says that the caller left: nginx's 499, Envoy's DC, an ASGI server's disconnect, an error of that name", () => {
    const served = { kind: "server", status: 2 } as const;
    expect(endOf({ ...served, attributes: { "http.status_code": "499" } })).toBe("received caller fact disconnect");
    expect(endOf({ ...served, attributes: { response_flags: "DC", "http.status_code": "0" } })).toBe(
      "received caller fact disconnect",
    );
    expect(endOf({ kind: "internal", attributes: { "asgi.event.type": "http.disconnect" } })).toBe(
      "received caller reading disconnect",
    );
    expect(endOf({ kind: "internal", attributes: { "asgi.event.type": "http.response.body" } })).toBeNull();
    expect(endOf({ ...served, attributes: { "exception.type": "starlette.requests.ClientDisconnect" } })).toBe(
      "received caller fact disconnect",
    );
    expect(endOf({ ...served, message: "client disconnected", attributes: { "exception.type": "Error" } })).toBe(
      "received caller reading disconnect",
    );
  });

  it("says that a proxy's own timer fired, or its upstream went away", () => {
    expect(endOf({ kind: "client", attributes: { response_flags: "UT" } })).toBe("started self fact deadline");
    expect(endOf({ kind: "client", attributes: { response_flags: "UC" } })).toBe("lost callee fact disconnect");
    expect(endOf({ kind: "client", attributes: { response_flags: "UF,URX" } })).toBe("failed callee fact error");
  });

  it("has the error of a call it made, which is no proof of whose it was", () => {
    const failed = { kind: "server", status: 2 } as const;
    expect(endOf({ ...failed, attributes: { "exception.type": "httpx.ReadTimeout" } })).toBe(
      "started self reading deadline",
    );
    expect(
      endOf({
        ...failed,
        message: "CancelledError: ",
        attributes: { "exception.type": "asyncio.exceptions.CancelledError" },
      }),
    ).toBe("received caller hearsay cancel");
    const group = { "exception.type": "ExceptionGroup", "exception.stacktrace": "… | httpx.ReadTimeout: \n +----" };
    expect(endOf({ ...failed, message: "unhandled errors in a TaskGroup", attributes: group })).toBe(
      "started self reading deadline",
    );
    expect(endOf({ ...failed, attributes: { "http.response.status_code": "500", "error.type": "500" } })).toBe(
      "failed self fact error",
    );
  });
});

describe("any span at all", () => {
  it("is read without throwing, as exactly one request or as what another dialect has to say", () => {
    const names = ["rpc.grpc.status_code", "http.status_code", "exception.type", "url.full", "response_flags"];
    const attributes = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.string(), fc.integer().map(String)));
    const kind = fc.constantFrom("client", "server", "internal", "producer", "consumer", "unspecified");
    const said = fc.record({ kind, status: fc.constantFrom(0, 1, 2), message: fc.string(), attributes });
    fc.assert(
      fc.property(said, (each) => {
        const evidence = readEvidence(spanRecord(each as SpanText));
        expect(evidence).toHaveLength(1);
      }),
    );
  });
});

describe("a span of the Java agent that has a type of error and no status", () => {
  const GET = { "http.request.method": "GET" };

  it("tells in a server of a caller that left before the answer was complete", () => {
    expect(endOf({ kind: "server", attributes: { ...GET, "error.type": "_OTHER" } })).toBe(
      "received caller reading disconnect",
    );
    expect(endOf({ kind: "server", attributes: { ...HTTP, "error.type": "_OTHER" } })).toBe("failed self fact error");
    expect(endOf({ kind: "server", status: 2, attributes: { ...GET, "error.type": "_OTHER" } })).toBe(
      "failed self fact error",
    );
  });

  it("tells in a client of its own cancel or timer", () => {
    expect(endOf({ attributes: { ...GET, "error.type": "timeout" } })).toBe("started self fact deadline");
    expect(endOf({ attributes: { ...GET, "error.type": "cancelled" } })).toBe("started self fact cancel");
    expect(endOf({ message: "cancelled", attributes: { ...GET, "error.type": "cancelled" } })).toBe(
      "started self fact cancel",
    );
    expect(endOf({ message: "no such plan", attributes: { ...GET, "error.type": "cancelled" } })).toBeNull();
    expect(endOf({ attributes: { ...GET, "error.type": "_OTHER" } })).toBeNull();
    expect(endOf({ attributes: { ...HTTP, "error.type": "cancelled" } })).toBeNull();
  });
});

describe("grpcio's span of a handler that answered with a status itself", () => {
  const DEADLINE = { ...RPC, "rpc.grpc.status_code": "4" };

  it("tells of the handler, not of its caller", () => {
    const aborted = { ...DEADLINE, "exception.type": "grpc._cython.cygrpc.AbortError" };
    expect(endOf({ kind: "server", status: 2, attributes: aborted })).toBe("started self reading deadline");
    expect(endOf({ kind: "server", status: 2, attributes: DEADLINE })).toBe("received caller hearsay deadline");
  });
});
