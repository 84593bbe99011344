import type { IncomingMessage } from "node:http";
import type { Prompt } from "./chat-service.ts";

/** The prompt in the body of a request. */
export async function readPrompt(request: IncomingMessage): Promise<Prompt> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
  const { text, tokens } = JSON.parse(body) as Prompt;
  return { text, tokens };
}
