/** Texts of Kitex beside its streams: calls of one request and one answer, and what its servers write about their callers. */
import type { Entry } from "./entry.ts";

export const KITEX: readonly Entry[] = [
  {
    id: "kitex-call-cancelled-by-business",
    product: "Kitex",
    stems: ["canceled by business"],
    pattern: /(?:context canceled|canceled) by business(?! handler returning)/i,
    says: "act",
    kind: "cancel",
    side: "client",
    meaning: "The caller's own code cancelled the context of its call before the answer came.",
    caution: "`rpc timeout: timeout=…` before it is only the name of the middleware that noticed: no timer fired.",
    samples: [
      "rpc timeout: timeout=5s, to=AccountingService, method=GetAccounts, location=kitex.rpcTimeoutMW, remote=10.8.1.23:9300: context canceled by business",
    ],
    others: ["[ttstream error, code=12012] [server-side stream] canceled by business handler returning"],
  },
  {
    id: "kitex-call-context-cancelled",
    product: "Kitex",
    stems: ["rpc timeout: timeout="],
    pattern: /rpc timeout: timeout=.*: context canceled(?! by)/i,
    says: "word",
    kind: "cancel",
    side: "client",
    meaning: "The context of a call was cancelled before the answer came.",
    caution:
      "`rpc timeout: timeout=…` is only the name of the middleware that noticed: no timer fired. Who cancelled the context, the caller's code or the caller's caller, is not said.",
    samples: [
      "retry error: rpc timeout: timeout=30s, to=receive-rpc-server, method=BatchFillItemIds: context canceled",
      "rpc timeout: timeout=1s, to=items, method=Get, location=kitex.rpcTimeoutMW: context canceled",
    ],
    others: ["rpc timeout: timeout=200ms, to=pricing, method=Quote, location=kitex.rpcTimeoutMW, remote=10.4.0.9:8888"],
  },
  {
    id: "kitex-call-timeout",
    product: "Kitex",
    stems: ["rpc timeout: "],
    pattern: /rpc timeout: (?:timeout=(?!.*: context canceled)|.*deadline exceeded)/i,
    says: "timer",
    specific: true,
    kind: "deadline",
    side: "client",
    meaning: "The caller's own timer for one call ran out.",
    caution: "The deadline may be an earlier one that the caller had got with its own call.",
    samples: [
      "quote cart=c-18: rpc timeout: timeout=200ms, to=pricing, method=Quote, location=kitex.rpcTimeoutMW, remote=10.4.0.9:8888",
    ],
    others: ["rpc timeout: timeout=30s, to=items, method=Fill: context canceled"],
  },
  {
    id: "kitex-message-too-large",
    product: "Kitex",
    stems: ["max receive message size", "message larger than max"],
    pattern:
      /exceeds max receive message size|received message larger than max|trying to send message larger than max/i,
    says: "limit",
    kind: "error",
    meaning:
      "A message is larger than the limit of the service that writes this; it ended the stream, Kitex even the connection.",
    caution: "The other end sees only that the connection is gone. Who sent the large message did nothing else wrong.",
    samples: [
      "[ttstream error, code=12013] [ttstream error, code=12016] ttheader streaming frame payload length 8388725 exceeds max receive message size 4194304",
      "rpc error: code = ResourceExhausted desc = grpc: received message larger than max (5242880 vs. 4194304)",
    ],
    others: ["payload length 8388725, max receive message size 16777216"],
  },
  {
    id: "kitex-caller-closed",
    product: "Kitex",
    stems: ["caused by remote connection closed"],
    pattern: /processing request error caused by remote connection closed/i,
    says: "caller",
    kind: "disconnect",
    side: "server",
    meaning: "The caller closed its connection before it got the answer.",
    caution:
      "Rate-limited: `count=N, period=T` says how many events this one line stands for. Why the caller left, most often a timer of its own, stands in the caller's log.",
    samples: [
      "KITEX: processing request error caused by remote connection closed, source=extension, remoteService=checkout, remoteAddr=10.4.0.31:52204, error=connection has been closed when flush, count=37, period=1.806757s",
    ],
    others: [
      "KITEX: processing request error, remoteService=checkout, remoteAddr=10.4.0.31:52204, error=biz error: not found",
    ],
  },
  {
    id: "kitex-stream-deadline",
    product: "Kitex",
    stems: ["server stream recv timeout"],
    pattern: /server stream Recv timeout/i,
    says: "timer",
    specific: true,
    kind: "deadline",
    side: "server",
    meaning: "A handler waited for the next message of its caller for longer than the server allows.",
    caution: "",
    samples: ["[ttstream error, code=12014] server stream Recv timeout, timeout config=1s"],
    others: ["[ttstream error, code=12014] [client-side stream] stream Recv timeout, timeout config=1s"],
  },
];
