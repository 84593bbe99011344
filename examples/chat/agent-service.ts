/** What the gateway asks the agent, over TTHeader Streaming. */
import {
  defineService,
  field,
  type Method,
  type Service,
  type Struct,
  serverStreaming,
  struct,
  t,
} from "streamscope/runtime";

/** A question. */
export interface Prompt {
  text: string;
}
export const Prompt: Struct<Prompt> = struct({ text: field(1, t.string) });

/** A piece of the answer. */
export interface Token {
  text: string;
}
export const Token: Struct<Token> = struct({ text: field(1, t.string) });

export const AgentService: Service<{ readonly answer: Method<"serverStreaming", Prompt, Token> }> = defineService(
  "AgentService",
  { answer: serverStreaming("Answer", { request: Prompt, response: Token }) },
);
