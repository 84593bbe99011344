/**
 * The one place that decides what a Kitex error says about the stream of the service that wrote it.
 *
 * The rules are those of docs/protocol.md#code-table and docs/protocol.md#paths: a path is what a service received; a client-side error
 * without a path is what a service started itself, as far as it can tell; a code that is not Kitex's own comes from a proxy.
 */
import type { Evidence, Happening, Kind, Told } from "../model/index.ts";
import { CODES, factsOfCode, NON_TTSTREAM } from "../ttstream/index.ts";
import { type GrpcTail, type KitexError, readGrpcTail, sideOfGrpc, unquoteGo } from "./grammars.ts";

/** What an error text alone says; the record adds who, when and where. */
export type Claim = Pick<
  Evidence,
  "dialect" | "happening" | "kind" | "code" | "side" | "path" | "message" | "triggeredBy" | "address"
> & { readonly told: Told | null };

const NO_CLAIM = { side: null, path: null, triggeredBy: null, address: null, told: null } as const;

const ADDRESS = /(?:remoteAddress=|dial (?:tcp|unix) )((?:\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5}|\/[^\s:,]+)/;

/** Reads the claim of an error, inner errors included. */
export function classify(error: KitexError): Claim {
  const { fields } = error;
  if (fields.dialect === "ttstream") return classifyTtstream(error, fields);
  if (fields.dialect === "grpc") return classifyGrpc(error, fields.code);
  if (fields.dialect === "biz-status") {
    return {
      ...NO_CLAIM,
      dialect: "biz-status",
      happening: "failed",
      kind: "error",
      code: fields.code,
      message: error.message,
    };
  }
  const message = unquoteGo(error.message);
  return {
    ...NO_CLAIM,
    dialect: "grpc-conn",
    happening: "lost",
    kind: "disconnect",
    code: null,
    side: "client",
    message,
    address: addressIn(message),
  };
}

/** The first `host:port` that a text says it was connected to or dialled. */
export function addressIn(text: string): string | null {
  return ADDRESS.exec(text)?.[1] ?? null;
}

type TtstreamFields = Extract<KitexError["fields"], { dialect: "ttstream" }>;

function classifyTtstream(error: KitexError, fields: TtstreamFields): Claim {
  const { code, side, path } = fields;
  const cause = error.inner === null ? null : classify(error.inner);
  const message = standardMessage(code, error.message);
  const claim = (happening: Happening, kind: Kind, more: Partial<Claim> = {}): Claim => ({
    ...NO_CLAIM,
    dialect: "ttstream",
    happening,
    kind,
    code,
    side,
    path,
    message,
    ...more,
  });
  const travelled: Happening = side === "client" ? "relayed" : "received";
  switch (code) {
    case CODES.applicationException:
      return claim("failed", "error", {
        message: error.message,
        told: tell(cause, error.message),
        address: addressIn(message),
      });
    case CODES.illegalBizError:
    case CODES.illegalOperation:
      return claim("failed", "error");
    case CODES.unexpectedHeader:
    case CODES.illegalFrame:
    case CODES.transport:
      return claim("lost", "disconnect", { side: side ?? "client" });
    case CODES.cancel:
    case CODES.cancelWithCause:
    case CODES.streamTimeout: {
      const kind = factsOfCode(code)?.kind ?? "cancel";
      return claim(path === null && side !== "server" ? "started" : travelled, kind);
    }
    case CODES.receiveTimeout:
      if (path !== null || side === "server") return claim(travelled, "deadline");
      return message.includes("DisableCancelRemote:true") ? claim("failed", "deadline") : claim("started", "deadline");
    case CODES.handlerReturn:
      if (path !== null) return claim(travelled, "handler-return");
      return claim(side === "client" ? "started" : "returned", "handler-return");
    case CODES.connectionClosed:
      return claim(travelled, "disconnect");
    case CODES.internalCancel:
      return { ...claim(travelled, "cancel"), ...notFromTtstream(cause, path) };
    case CODES.downstreamCancel:
    case CODES.upstreamCancel:
      return claim("received", code === CODES.downstreamCancel ? "shutdown" : "cancel");
    default:
      return claim("received", "reset");
  }
}

/** What a 12011 says besides: the stream above was none of ttstream's, and its own error stands inside. */
function notFromTtstream(cause: Claim | null, path: readonly string[] | null): Partial<Claim> {
  if (cause === null) return { path: path ?? [NON_TTSTREAM] };
  const { kind, message, triggeredBy } = cause;
  if (cause.happening !== "returned")
    return { kind: kind === "error" ? "cancel" : kind, message, triggeredBy, path: path ?? [NON_TTSTREAM] };
  // Its own handler returned: nothing came from above.
  const own = path?.[0] === NON_TTSTREAM ? path.slice(1) : path;
  return { ...(own === null ? { happening: "started" } : {}), kind, message, path: own };
}

/** A message that continues its code's standard sentence with words of a logger is that sentence; timeouts carry their values on. */
function standardMessage(code: number, message: string): string {
  const sentence = factsOfCode(code)?.sentence;
  if (sentence === undefined) return message.trimEnd();
  if (code === CODES.receiveTimeout)
    return /^stream Recv timeout, timeout config=\{[^}]*\}/.exec(message)?.[0] ?? message;
  if (code === CODES.streamTimeout) return /^stream timeout, timeout in ctx: [\w.µμ]+/.exec(message)?.[0] ?? message;
  return message.startsWith(sentence) ? sentence : message;
}

function classifyGrpc(error: KitexError, code: number): Claim {
  const tail = readGrpcTail(error.message);
  const side = sideOfGrpc(code, tail);
  const claim = (happening: Happening, kind: Kind, more: Partial<Claim> = {}): Claim => ({
    ...NO_CLAIM,
    dialect: "grpc",
    happening,
    kind,
    code,
    side,
    message: tail.message,
    triggeredBy: tail.triggeredBy,
    ...more,
  });
  if (tail.returned > 0) return claim("failed", "error", { side: "client", told: tellGrpc(error, code, tail) });
  if (error.inner !== null) {
    const cause = classify(error.inner);
    // A ttstream error in "context packet" is the handler's own end, seen by its gRPC client: the service's own incoming cancel.
    if (tail.message.startsWith("Unexpected error from context packet: "))
      return { ...cause, side: "client", happening: relay(cause.happening) };
    return claim("failed", "error", { told: tell(cause, error.inner.message) });
  }
  const own = ownGrpc(code, tail);
  return claim(own.happening, own.kind, own.side === undefined ? {} : { side: own.side });
}

function ownGrpc(code: number, tail: GrpcTail): { happening: Happening; kind: Kind; side?: "client" } {
  const { message } = tail;
  if (message === "graceful shutdown" || message.startsWith("transport: closing server transport")) {
    return { happening: "received", kind: "shutdown" };
  }
  if (code === 4 && message.startsWith("context deadline exceeded")) return { happening: "started", kind: "deadline" };
  if (code === 17)
    return { happening: message.includes("DisableCancelRemote:true") ? "failed" : "started", kind: "deadline" };
  if (code !== 1) return { happening: "failed", kind: "error" };
  if (message === "context canceled") return { happening: "started", kind: "cancel", side: "client" };
  if (message === "transport: canceled by business handler returning")
    return { happening: "returned", kind: "handler-return" };
  if (message.startsWith("transport: RSTStream Frame received with error code: ")) {
    return { happening: "received", kind: message.endsWith(": CANCEL") ? "cancel" : "reset" };
  }
  if (message.startsWith("transport: ")) return { happening: "received", kind: "disconnect" };
  return { happening: "failed", kind: "error" };
}

function relay(happening: Happening): Happening {
  return happening === "received" ? "relayed" : happening;
}

/** What the handler below returned: one hop for every wrapping application exception. */
function tell(cause: Claim | null, message: string): Told {
  const text = message.replace(/^(?:biz error|panic): /, "");
  if (cause === null) {
    return { depth: 1, happening: "failed", kind: "error", code: null, side: null, path: null, message: text };
  }
  if (cause.told !== null) return { ...cause.told, depth: cause.told.depth + 1 };
  const { happening, kind, code, side, path } = cause;
  return { depth: 1, happening, kind, code, side, path, message: cause.message };
}

function tellGrpc(error: KitexError, code: number, tail: GrpcTail): Told {
  if (error.inner !== null) {
    const told = tell(classify(error.inner), error.inner.message);
    return { ...told, depth: tail.returned };
  }
  const own = ownGrpc(code, tail);
  return { depth: tail.returned, ...own, code, side: own.side ?? null, path: null, message: tail.message };
}
