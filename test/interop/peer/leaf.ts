/** The last service of a chain: it makes the responses. */
import { type Request, Response } from "../../support/chat.ts";
import type { Served } from "./served.ts";
import { pause } from "./time.ts";

/** `count` responses to a request, `intervalUs` apart; without an end where count is 0. */
export async function* answers(stream: Served, request: Request, count: number): AsyncGenerator<Response, boolean> {
  const { call, behaviour } = stream;
  const intervalMs = Number(request.intervalUs) / 1000;
  if (behaviour.sleepMs > 0) await pause(behaviour.sleepMs, call.signal);
  for (let index = 0; count <= 0 || index < count; index += 1) {
    if (index > 0) {
      if (behaviour.idle) await stream.waitForTheEnd();
      if (intervalMs > 0) await interval(stream, intervalMs);
    }
    stream.checkSend();
    yield stream.response(request);
    stream.messages += 1;
    if (stream.isEnough()) return true;
  }
  return false;
}

/** A pause that a cancel ends: what follows is a Send that fails. */
async function interval(stream: Served, ms: number): Promise<void> {
  try {
    await pause(ms, stream.call.signal);
  } catch {
    stream.checkSend();
  }
}

/** Answers each request of a bidirectional stream. */
export async function* conversation(
  stream: Served,
  first: Request,
  requests: AsyncIterator<Request>,
): AsyncGenerator<Response> {
  for (let request = first; ; ) {
    const enough = yield* answers(stream, request, Math.max(1, Number(request.count)));
    if (enough) return;
    if (stream.behaviour.idle) await stream.waitForTheEnd();
    const step = await receive(stream, requests);
    if (step === null) return;
    request = step;
  }
}

/** The next request; null after the last. */
export async function receive(stream: Served, requests: AsyncIterator<Request>): Promise<Request | null> {
  try {
    const step = await requests.next();
    return step.done === true ? null : step.value;
  } catch (error) {
    stream.log.failed("recv", error);
    throw error;
  }
}

/** Reads all requests and answers once. */
export async function collect(stream: Served, requests: AsyncIterator<Request>): Promise<Response> {
  let last: Request | null = null;
  for (;;) {
    const request = await receive(stream, requests);
    if (request === null) break;
    stream.messages += 1;
    if (last === null) stream.obey(request);
    last = request;
    if (stream.isEnough()) break;
  }
  return last === null
    ? Response.create({ from: stream.service.name })
    : { ...stream.response(last), seq: BigInt(stream.messages) };
}
