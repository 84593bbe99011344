/**
 * The edge of the demo: users come by HTTP, tokens go back as they come, and a user who leaves or presses stop ends the whole chain.
 *
 * `POST /chat/ID` with a prompt streams its answer, `POST /stop/ID` stops it.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type RequestScope, requestScope } from "../http/index.ts";
import type { Below } from "./handlers.ts";
import { readPrompt } from "./prompt.ts";

/** Makes the gateway; it does not listen yet. */
export function createGateway(chat: () => Below): Server {
  const answers = new Map<string, RequestScope>();

  const answer = async (id: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // A user who leaves ends it, and all that is called in it
    const edge = requestScope(response, { service: "gateway", route: "/chat/:id" });
    answers.set(id, edge);
    try {
      const prompt = await readPrompt(request);
      await edge.run(async () => {
        for await (const { text } of chat().generate(prompt)) response.write(`${text}\n`);
      });
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
