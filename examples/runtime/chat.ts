// Made from chat.thrift by `streamscope thrift`. Do not edit.
// biome-ignore-all format: made by a program
// biome-ignore-all lint: made by a program
// biome-ignore-all assist: made by a program
/* eslint-disable */
import { type Method, type Service, type Struct, bidiStreaming, defineService, field, serverStreaming, struct, t } from "streamscope/runtime";

/** What the user asks. */
export interface Prompt {
  text: string;
  /** as many as the model likes where it is left out */
  maxTokens?: number | undefined;
}
export const Prompt: Struct<Prompt> = struct({
  text: field(1, t.string),
  maxTokens: field(2, t.i32, { optional: true }),
});

/** One piece of the answer. */
export interface Token {
  text: string;
  index: bigint;
}
export const Token: Struct<Token> = struct({
  text: field(1, t.string),
  index: field(2, t.i64),
});

/** The methods of {@link ChatService}. */
export type ChatServiceMethods = {
  /** Answers piece by piece. */
  readonly generate: Method<"serverStreaming", Prompt, Token>;
  /** Answers each piece of the input. */
  readonly talk: Method<"bidiStreaming", Prompt, Token>;
};

export const ChatService: Service<ChatServiceMethods> = defineService("ChatService", {
  generate: serverStreaming("Generate", { request: Prompt, response: Token }),
  talk: bidiStreaming("Talk", { request: Prompt, response: Token }),
});
