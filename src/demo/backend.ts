/**
 * What the model asks for tokens, over HTTP: a stand-in for a server of models. `POST /` with a prompt streams a word a line; it stops by
 * the signal of its request, and tells of each answer how long it was and should have been.
 */
import { createServer, type Server } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { requestScope } from "../http/index.ts";
import { readPrompt } from "./prompt.ts";

/** From one token to the next. */
const TOKEN_MS = 12;

/** Makes the backend; it does not listen yet. */
export function createBackend(answered: (generated: number, asked: number) => void): Server {
  return createServer((request, response) => {
    const scope = requestScope(response, { service: "backend", route: "/", internal: true });
    void scope.run(async () => {
      const { text, tokens } = await readPrompt(request);
      const words = text.split(" ");
      let generated = 0;
      try {
        for (; generated < tokens; generated += 1) {
          await wait(TOKEN_MS, undefined, { signal: scope.signal });
          response.write(`${words[generated % words.length] ?? ""}\n`);
        }
        response.end();
      } catch {
        // Nobody waits for the rest
      } finally {
        answered(generated, tokens);
      }
    });
  });
}
