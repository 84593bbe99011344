/** `call`: one or many calls. */
import { createClient } from "../../../src/runtime/index.ts";
import { Chat, Request, request } from "../../support/chat.ts";
import { type CallPlan, type CancelMode, type MethodName, runCall } from "./call-plan.ts";
import {
  type Command,
  command,
  count,
  duration,
  type FlagValues,
  readMillis,
  toggle,
  UsageError,
  words,
} from "./flags.ts";
import { noteForeignFlags } from "./foreign-flags.ts";
import { Connections } from "./leaving.ts";
import { Log } from "./log.ts";
import { pause } from "./time.ts";

/** The flags: kitexpeer's. */
const flagsOfCall = {
  name: words("ServiceA", "name of the caller"),
  to: words("127.0.0.1:9002", "address of the called service"),
  "to-name": words("ServiceB", "name of the called service"),
  transport: words("ttheader", "ttheader only"),
  "no-basic-info": toggle("do not tell the caller's name"),
  "no-http2-meta": toggle("for gRPC only: changes nothing here"),
  otel: words("", "accepted, but no spans are written"),
  parallel: count(1, "calls at the same time"),
  repeat: count(1, "calls one after the other, in each of the parallel ones"),
  mix: count(0, "that many further, healthy ServerStream calls (chain healthy-N) until the others are done"),
  quiet: toggle("do not log what a framework logs"),
  method: words("ServerStream", "Unary, ClientStream, ServerStream, BidiStream"),
  chain: words("", "id of the call, carried to every service (default: made up)"),
  message: words("hello", "text; words like ServiceC:biz-after=3 set the behaviour of that service"),
  count: count(0, "responses (bidi: per request); 0 = until the end"),
  "interval-us": count(0, "pause between messages, microseconds"),
  requests: count(0, "client and bidi streams: number of requests; 0 = until the end"),
  "ping-pong": toggle("bidi: send the next request after the response to the last one"),
  payload: count(0, "bytes of payload"),
  "cancel-after": words("", "a number of messages, or a duration such as 300ms"),
  "cancel-mode": words(
    "cancel",
    "cancel: abort(); cause: abort(new Error(--cause)); kill: SIGKILL to itself; exit: leave at once",
  ),
  cause: words("", "text of the abort reason (sets --cancel-mode cause)"),
  "recv-timeout": duration("timeout of each receive"),
  "recv-keep": toggle("a receive timeout does not end the stream"),
  "recv-retries": count(0, "receive again after so many timeouts"),
  "stream-timeout": duration("deadline of the stream"),
  idle: toggle("do not receive after the first response; wait --linger after the cancel"),
  linger: duration("stay this long after the end"),
};

type Flags = FlagValues<typeof flagsOfCall>;

/** So that the healthy calls of --mix run before the others begin. */
const MIX_HEAD_START_MS = 100;

/** Makes the calls. */
async function run(flags: Flags): Promise<void> {
  noteForeignFlags(flags.transport, flags.otel);
  const log = new Log(flags.name, flags.quiet);
  const connections = new Connections();
  const client = createClient(Chat, { target: flags.to, name: flags["no-basic-info"] ? "" : flags.name });
  const plan = planOf(flags);
  const healthy = new AbortController();
  const mixed: Promise<void>[] = [];
  for (let index = 0; index < flags.mix; index += 1) {
    const fit = healthyPlan(plan, index);
    mixed.push(runCall(fit, client, log, healthy.signal));
  }
  if (flags.mix > 0) await pause(MIX_HEAD_START_MS, null);
  const line = async (parallel: number): Promise<void> => {
    for (let repeat = 0; repeat < flags.repeat; repeat += 1) {
      const chain = plan.chain || `${flags.name}-${process.pid}-${parallel}-${repeat}`;
      await runCall({ ...plan, chain }, client, log);
    }
  };
  await Promise.all(Array.from({ length: flags.parallel }, (_, index) => line(index)));
  healthy.abort();
  await Promise.all(mixed);
  if (plan.lingerMs > 0) await pause(plan.lingerMs, null);
  await connections.close(client);
}

const METHODS: readonly MethodName[] = ["Unary", "ClientStream", "ServerStream", "BidiStream"];
const MODES: readonly CancelMode[] = ["cancel", "cause", "kill", "exit"];

function planOf(flags: Flags): CallPlan {
  const method = METHODS.find((each) => each === flags.method);
  if (method === undefined) throw new UsageError(`unknown method "${flags.method}"`);
  const mode = MODES.find((each) => each === flags["cancel-mode"]);
  if (mode === undefined)
    throw new UsageError(`-cancel-mode: "${flags["cancel-mode"]}" is none of ${MODES.join(", ")}`);
  const after = flags["cancel-after"];
  const counted = /^\d+$/.test(after);
  return {
    method,
    to: flags["to-name"],
    chain: flags.chain,
    request: request(flags.message, {
      count: BigInt(flags.count),
      intervalUs: BigInt(flags["interval-us"]),
      payload: Uint8Array.from({ length: flags.payload }, (_, index) => 97 + (index % 26)),
    }),
    requests: flags.requests,
    pingPong: flags["ping-pong"],
    cancelCount: counted ? Number(after) : 0,
    cancelAfterMs: counted || after === "" ? 0 : readMillis(after),
    cancelMode: flags.cause === "" ? mode : "cause",
    cause: flags.cause,
    recvTimeoutMs: flags["recv-timeout"],
    recvKeep: flags["recv-keep"],
    recvRetries: flags["recv-retries"],
    streamTimeoutMs: flags["stream-timeout"],
    idle: flags.idle,
    lingerMs: flags.linger,
  };
}

/** A call that should not notice what the others go through. */
function healthyPlan(plan: CallPlan, index: number): CallPlan {
  return {
    ...plan,
    method: "ServerStream",
    chain: `healthy-${index}`,
    request: Request.create({ message: "hello", intervalUs: plan.request.intervalUs }),
    cancelCount: 0,
    cancelAfterMs: 0,
    recvTimeoutMs: 0,
    streamTimeoutMs: 0,
    idle: false,
  };
}

/** The command. */
export const call: Command = command(flagsOfCall, run);
