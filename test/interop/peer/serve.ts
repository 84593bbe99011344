/** `serve`: a service, leaf or relay, until SIGTERM or SIGINT. */
import { createClient, createServer } from "../../../src/runtime/index.ts";
import { Chat } from "../../support/chat.ts";
import { type Behaviour, PLAIN, withKey } from "./behaviour.ts";
import { type Command, command, count, duration, type FlagValues, toggle, UsageError, words } from "./flags.ts";
import { noteForeignFlags } from "./foreign-flags.ts";
import { Log } from "./log.ts";
import type { Downstream, PeerService } from "./served.ts";
import { serving } from "./served.ts";
import { chatHandlers } from "./service.ts";

/** The flags: kitexpeer's. */
const flagsOfServe = {
  name: words("ServiceB", "name of this service"),
  listen: words("127.0.0.1:9002", "address to serve at"),
  next: words("", "addresses of the next services, comma separated; none: a leaf"),
  "next-name": words("", "names of the next services, comma separated"),
  "next-transport": words("ttheader", "of the streams to the next services: ttheader only"),
  "no-basic-info": toggle("do not tell the clients this service's name"),
  "no-http2-meta": toggle("for gRPC only: changes nothing here"),
  lacks: words("", "a method this service does not have, as an old version of it would"),
  otel: words("", "accepted, but no spans are written"),
  quiet: toggle("do not log what a framework logs, nor normal ends"),
  derive: words(
    "",
    "signal of the downstream call: none, any, controller, timeout, later (Go's words too: value, cancel, cause)",
  ),
  "derive-timeout": duration("for derive=timeout; none: one that does not fire"),
  "recv-timeout": duration("receive timeout of the downstream stream"),
  "recv-keep": toggle("receive timeout that leaves the stream alive"),
  "return-after": count(0, "return after this many responses"),
  "biz-after": count(0, "return a business error after this many responses"),
  "err-after": count(0, "return a plain error after this many responses"),
  "panic-after": count(0, "throw a RangeError after this many responses (a leaf)"),
  sleep: duration("wait before the first response"),
  idle: toggle("neither receive nor send while waiting for the end"),
  wait: toggle("fan-out: wait for every downstream before returning"),
};

type Flags = FlagValues<typeof flagsOfServe>;

/** A handler that is still at work may finish when the process is told to end. */
const EXIT_WAIT_MS = 200;

/** Serves. Resolves when the server has been closed. */
async function run(flags: Flags): Promise<void> {
  noteForeignFlags(flags["next-transport"], flags.otel);
  const log = new Log(flags.name, flags.quiet);
  const next = downstreams(flags);
  const service: PeerService = { name: flags.name, next, flags: behaviourOf(flags), log, quiet: flags.quiet };
  const server = createServer({
    name: flags.name,
    interceptors: [serving(service)],
    log(level, text) {
      const shown = level === "info" ? "Info" : level === "warn" ? "Warn" : "Error";
      log.framework("server.go:1", shown, text);
    },
  });
  server.add(Chat, chatHandlers(flags.lacks));
  const { host, port } = readAddress(flags.listen);
  await server.listen({ host, port });
  log.framework("server.go:79", "Info", `KITEX: server listen at addr=${flags.listen}`);
  log.write({ event: "listen", text: flags.listen });
  await new Promise((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
  await server.close({ graceMs: EXIT_WAIT_MS });
  for (const { client } of next) await client.close();
}

function downstreams(flags: Flags): Downstream[] {
  const names = flags["next-name"].split(",");
  return flags.next
    .split(",")
    .filter((address) => address !== "")
    .map((address, index) => ({
      name: names[index] || "next",
      client: createClient(Chat, { target: address, name: flags["no-basic-info"] ? "" : flags.name }),
    }));
}

function behaviourOf(flags: Flags): Behaviour {
  const plain: Behaviour = {
    ...PLAIN,
    deriveTimeoutMs: flags["derive-timeout"],
    idle: flags.idle,
    recvTimeoutMs: flags["recv-timeout"],
    recvKeep: flags["recv-keep"],
    returnAfter: flags["return-after"],
    bizAfter: flags["biz-after"],
    errAfter: flags["err-after"],
    panicAfter: flags["panic-after"],
    sleepMs: flags.sleep,
    wait: flags.wait,
  };
  return flags.derive === "" ? plain : withKey(plain, "derive", flags.derive);
}

function readAddress(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(":");
  const port = Number(address.slice(colon + 1));
  if (colon === -1 || !Number.isInteger(port)) throw new UsageError(`-listen: "${address}" is no host:port`);
  return { host: address.slice(0, colon).replace(/^\[(.*)\]$/, "$1"), port };
}

/** The command. */
export const serve: Command = command(flagsOfServe, run);
