/** The handlers of ChatService: a leaf without services below, a relay with them. */
import type { Handlers } from "../../../src/runtime/index.ts";
import type { ChatMethods, Request } from "../../support/chat.ts";
import { answers, collect, conversation, receive } from "./leaf.ts";
import { relayClientStream, relayConversation, relayServerStream, relayUnary } from "./relay.ts";
import { type Served, servedBy } from "./served.ts";

/** The handlers of a service, without the method it lacks. */
export function chatHandlers(lacks: string): Handlers<ChatMethods> {
  const handlers: Handlers<ChatMethods> = {
    async unary(request, call) {
      const stream = servedBy(call);
      stream.obey(request);
      const response = isLeaf(stream) ? stream.response(request) : await relayUnary(stream, request);
      stream.messages += 1;
      return response;
    },
    serverStream(request, call) {
      const stream = servedBy(call);
      stream.obey(request);
      return isLeaf(stream) ? answers(stream, request, Number(request.count)) : relayServerStream(stream, request);
    },
    clientStream(requests, call) {
      const stream = servedBy(call);
      const iterator = requests[Symbol.asyncIterator]();
      return isLeaf(stream) ? collect(stream, iterator) : relayClientStream(stream, iterator);
    },
    async *bidiStream(requests, call) {
      const stream = servedBy(call);
      const iterator = requests[Symbol.asyncIterator]();
      const first: Request | null = await receive(stream, iterator);
      if (first === null) return;
      stream.obey(first);
      yield* isLeaf(stream) ? conversation(stream, first, iterator) : relayConversation(stream, first, iterator);
    },
  };
  const without = lacks.charAt(0).toLowerCase() + lacks.slice(1);
  return Object.fromEntries(Object.entries(handlers).filter(([name]) => name !== without)) as Handlers<ChatMethods>;
}

function isLeaf(stream: Served): boolean {
  return stream.service.next.length === 0;
}
