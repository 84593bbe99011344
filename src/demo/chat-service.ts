/** What the services of the demo say to each other. */
import {
  defineService,
  field,
  type Method,
  type Service,
  type Struct,
  serverStreaming,
  struct,
  t,
} from "../runtime/index.ts";

/** What a user asks. */
export interface Prompt {
  text: string;
  /** The full length of the answer: a real model does not know it, the demo needs it to count what a cancel saved. */
  tokens: number;
}
/** The codec of a prompt. */
export const Prompt: Struct<Prompt> = struct({ text: field(1, t.string), tokens: field(2, t.i32) });

/** One piece of the answer. */
export interface Token {
  text: string;
}
/** The codec of a token. */
export const Token: Struct<Token> = struct({ text: field(1, t.string) });

/** The methods of {@link ChatService}. */
export type ChatMethods = { readonly generate: Method<"serverStreaming", Prompt, Token> };

/** The one service; chat, agent and model serve it, each for the one above. */
export const ChatService: Service<ChatMethods> = defineService("ChatService", {
  generate: serverStreaming("Generate", { request: Prompt, response: Token }),
});
