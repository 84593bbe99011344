/**
 * The edge of the demo: users come by HTTP, tokens go back as they come, and a user who leaves or presses stop ends the whole chain.
 *
 * `POST /chat/ID` with a prompt streams its answer, `POST /stop/ID` stops it.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { ServerStreamingCall } from "../runtime/index.ts";
import type { Prompt, Token } from "./chat-service.ts";
import type { Below } from "./handlers.ts";

/** Makes the gateway; it does not listen yet. */
export function createGateway(chat: () => Below): Server {
  const answers = new Map<string, ServerStreamingCall<Prompt, Token>>();

  const answer = async (id: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = chat().generate(await readPrompt(request));
    answers.set(id, call);
    response.once("close", () => {
      if (!response.writableFinished) call.cancel({ intent: "user-left" });
    });
    try {
      for await (const { text } of call) response.write(`${text}\n`);
      response.end();
    } catch (error) {
      // The user sees a broken answer; why is for streamscope to find out.
      response.destroy(error instanceof Error ? error : undefined);
    } finally {
      answers.delete(id);
    }
  };
  return createServer((request, response) => {
    const [, action, id = ""] = (request.url ?? "").split("/");
    response.on("error", () => undefined);
    if (action === "chat") {
      answer(id, request, response).catch(() => response.destroy());
      return;
    }
    if (action === "stop") answers.get(id)?.cancel({ intent: "user-stop", text: "the user pressed stop" });
    response.writeHead(action === "stop" ? 204 : 404).end();
  });
}

async function readPrompt(request: IncomingMessage): Promise<Prompt> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
  const { text, tokens } = JSON.parse(body) as Prompt;
  return { text, tokens };
}
