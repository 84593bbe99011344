/**
 * What chat, agent and model do with a prompt. None of them knows that this is a demo: they answer, call the service below, and give up
 * for reasons of their own.
 */
import { setTimeout as wait } from "node:timers/promises";
import { scopedFetch } from "../fetch/index.ts";
import type { Client, Handlers } from "../runtime/index.ts";
import type { ChatMethods, Prompt } from "./chat-service.ts";

/** How to call the service below. */
export type Below = Client<ChatMethods>;

/** How long chat lets an answer take. */
export const CHAT_TIMEOUT_MS = 1_500;
/** After so many tokens the model draws, and for so long. */
export const SKETCHED = 5;
export const DRAWING_MS = 2_500;

const FOLLOW_UPS: Prompt = { text: "questions the user may ask next", tokens: 80 };

/** chat passes the agent's answer on, unless it takes too long. */
export function chatHandlers(agent: () => Below): Handlers<ChatMethods> {
  return {
    generate: (prompt) => agent().generate(prompt, { timeoutMs: CHAT_TIMEOUT_MS }),
  };
}

/**
 * agent asks the model; for a search it also asks what the user may ask next, and returns without waiting for that. For a plan it has a
 * controller of its own, which forgets who cancelled: it will look like the one who started it.
 */
export function agentHandlers(model: () => Below): Handlers<ChatMethods> {
  return {
    async *generate(prompt, call) {
      if (prompt.text.startsWith("plan")) {
        const own = new AbortController();
        call.signal.addEventListener("abort", () => own.abort(), { once: true });
        yield* model().generate(prompt, { signal: own.signal, detached: true });
        return;
      }
      if (prompt.text.startsWith("search")) {
        const followUps = model().generate(FOLLOW_UPS);
        await followUps.next();
      }
      for await (const token of model().generate(prompt)) yield token;
    },
  };
}

/**
 * model passes on what its backend generates. While it draws it does not look at its signal: it works on for a user who has left.
 */
export function modelHandlers(backend: () => string): Handlers<ChatMethods> {
  const fetch = scopedFetch({ internal: true });
  return {
    async *generate(prompt) {
      const response = await fetch(backend(), { method: "POST", body: JSON.stringify(prompt) });
      let generated = 0;
      for await (const text of linesOf(response)) {
        yield { text };
        generated += 1;
        // At once: whoever leaves now may be quicker than the backend's next token
        if (prompt.text.startsWith("draw") && generated === SKETCHED) await wait(DRAWING_MS);
      }
    },
  };
}

async function* linesOf(response: Response): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let left = "";
  for await (const chunk of response.body ?? []) {
    const lines = (left + decoder.decode(chunk, { stream: true })).split("\n");
    left = lines.pop() ?? "";
    yield* lines;
  }
}
