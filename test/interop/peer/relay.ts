/**
 * A service in the middle: it passes requests on and responses back, through one service below or several.
 *
 * Where it returns early it does not close the streams below by hand: what a handler leaves open ends with its return.
 */
import type { BidiStreamingCall, CallOptions } from "../../../src/runtime/index.ts";
import type { Request, Response } from "../../support/chat.ts";
import type { Behaviour } from "./behaviour.ts";
import { type Derived, derive } from "./derive.ts";
import { receive } from "./leaf.ts";
import { merge, type Source } from "./merge.ts";
import { clientFailed, type Downstream, type Served } from "./served.ts";

/** The responses of all services below. */
export async function* relayServerStream(stream: Served, request: Request): AsyncGenerator<Response> {
  const { service, behaviour, call } = stream;
  const derived = await derive(call, behaviour);
  try {
    const sources = service.next.map((downstream) => openServerStream(stream, downstream, derived, request));
    const [only] = sources;
    const source = sources.length === 1 && only ? only : merge(sources, behaviour.wait, (error) => derived.fail(error));
    for (;;) {
      const step = await source.next();
      if (step.done === true) return;
      stream.checkSend();
      yield step.value;
      stream.messages += 1;
      if (stream.isEnough()) return;
    }
  } finally {
    derived.end();
  }
}

function openServerStream(
  stream: Served,
  downstream: Downstream,
  derived: Derived,
  request: Request,
): Source<Response> {
  const log = stream.client("ServerStream", downstream);
  const below = downstream.client.serverStream(request, optionsOf(derived, stream.behaviour));
  log.call = below.info;
  let received = false;
  return {
    async next() {
      if (received && stream.behaviour.idle) return stream.waitForTheEnd();
      received = true;
      try {
        return await below.next();
      } catch (error) {
        throw clientFailed(log, below, "recv", error);
      }
    },
  };
}

/** Passes requests down and responses up at the same time. */
export async function* relayConversation(
  stream: Served,
  first: Request,
  requests: AsyncIterator<Request>,
): AsyncGenerator<Response> {
  const downstream = stream.service.next[0] as Downstream;
  const derived = await derive(stream.call, stream.behaviour);
  const log = stream.client("BidiStream", downstream);
  try {
    const below = downstream.client.bidiStream(null, optionsOf(derived, stream.behaviour));
    log.call = below.info;
    try {
      await below.send(first);
    } catch (error) {
      throw clientFailed(log, below, "send", error);
    }
    if (stream.behaviour.idle) await stream.waitForTheEnd();
    void passDown(stream, requests, below, log);
    for (;;) {
      let step: IteratorResult<Response, undefined>;
      try {
        step = await below.next();
      } catch (error) {
        throw clientFailed(log, below, "recv", error);
      }
      if (step.done === true) return;
      stream.checkSend();
      yield step.value;
      stream.messages += 1;
      if (stream.isEnough()) return;
    }
  } finally {
    derived.end();
  }
}

async function passDown(
  stream: Served,
  requests: AsyncIterator<Request>,
  below: BidiStreamingCall<Request, Response>,
  log: ReturnType<Served["client"]>,
): Promise<void> {
  for (;;) {
    let request: Request | null;
    try {
      request = await receive(stream, requests);
    } catch {
      return;
    }
    try {
      if (request === null) return await below.closeSend();
      await below.send(request);
    } catch (error) {
      clientFailed(log, below, "send", error);
      return;
    }
  }
}

/** Passes requests down as they come, and the one response up. */
export async function relayClientStream(stream: Served, requests: AsyncIterator<Request>): Promise<Response> {
  const first = await receive(stream, requests);
  if (first === null) throw new Error("EOF");
  stream.obey(first);
  const downstream = stream.service.next[0] as Downstream;
  const derived = await derive(stream.call, stream.behaviour);
  const log = stream.client("ClientStream", downstream);
  try {
    const below = downstream.client.clientStream(null, optionsOf(derived, stream.behaviour));
    log.call = below.info;
    for (let request: Request | null = first; request !== null; request = await receive(stream, requests)) {
      stream.messages += 1;
      try {
        await below.send(request);
      } catch (error) {
        throw clientFailed(log, below, "send", error);
      }
      if (stream.isEnough()) return stream.response(request);
    }
    try {
      await below.closeSend();
      return await below;
    } catch (error) {
      throw clientFailed(log, below, "recv", error);
    }
  } finally {
    derived.end();
  }
}

/** Passes a unary call on. */
export async function relayUnary(stream: Served, request: Request): Promise<Response> {
  const downstream = stream.service.next[0] as Downstream;
  const derived = await derive(stream.call, stream.behaviour);
  const log = stream.client("Unary", downstream);
  const below = downstream.client.unary(request, optionsOf(derived, stream.behaviour));
  log.call = below.info;
  try {
    return await below;
  } catch (error) {
    throw clientFailed(log, below, "recv", error);
  } finally {
    derived.end();
  }
}

function optionsOf(derived: Derived, { recvTimeoutMs, recvKeep }: Behaviour): CallOptions {
  return recvTimeoutMs > 0 ? { ...derived.options, recvTimeoutMs, recvTimeoutKeep: recvKeep } : derived.options;
}
