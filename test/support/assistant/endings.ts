/** The ways in which a chat of the assistant ends, and what is true of each. */

import { once } from "node:events";
import type { Readable } from "node:stream";
import type { Assistant, AssistantSetup, Role } from "./assistant.ts";

/** One way. */
export interface Ending {
  readonly name: string;
  readonly setup?: AssistantSetup;
  /** Makes it end like this; resolves once nothing of it is under way. */
  play(assistant: Assistant): Promise<void>;
  /** What the logs of all services tell, `{proxy}` for the proxy's name; null: that nothing was cancelled. */
  readonly logs: string | null;
  /** What the spans tell of those services that have any. */
  readonly spans: string | null;
}

const CHAT = "c-1";

/** Waits until every service but a dead one has said that so many chats are over. */
export async function isOver(
  assistant: Assistant,
  { dead, chats = 1 }: { readonly dead?: Role; readonly chats?: number } = {},
): Promise<void> {
  await assistant.logged("gateway", /"url":"\/v1\/chat"[^\n]*"msg":"request (?:completed|errored|aborted)"/, chats);
  await assistant.logged("agent", /chat (?:failed|finished)/, chats);
  if (dead !== "model") await assistant.logged("model", /generat(?:ed|ion cancelled)/, chats);
}

/** Chats, and waits until the answer ends by itself. */
async function sitThrough(assistant: Assistant): Promise<void> {
  const user = await assistant.chat(CHAT);
  await once(user, "exit");
  await isOver(assistant);
}

const stalled = { TOKEN_INTERVAL: "30" };

/** All of them. */
export const ENDINGS: readonly Ending[] = [
  {
    name: "the user leaves",
    async play(assistant) {
      const user = await assistant.chat(CHAT);
      user.kill("SIGKILL");
      await isOver(assistant);
    },
    logs: "{proxy} disconnect strong by the client in front of {proxy}",
    spans: "gateway disconnect strong by the HTTP client of gateway",
  },
  {
    name: "stop is pressed",
    async play(assistant) {
      const user = await assistant.chat(CHAT);
      const left = once(user, "exit");
      await assistant.stop(CHAT);
      await left;
      await isOver(assistant);
    },
    logs: "gateway cancel strong by whoever sent POST /v1/chat/c-1/stop",
    spans: "gateway cancel strong",
  },
  {
    name: "the gateway's deadline passes",
    setup: { env: { gateway: { CHAT_TIMEOUT_MS: "900" } } },
    play: sitThrough,
    logs: "gateway deadline strong",
    spans: "gateway deadline strong",
  },
  {
    name: "the agent's deadline passes",
    setup: { env: { agent: { MODEL_TIMEOUT: "900ms" } } },
    play: sitThrough,
    logs: "agent deadline strong",
    spans: "agent deadline strong",
  },
  {
    name: "the model is killed",
    async play(assistant) {
      const user = await assistant.chat(CHAT);
      const left = once(user, "exit");
      // What it had sent of its work by then is all that names it
      for (let word = 0; word < 8; word += 1) await once(user.stdout as Readable, "data");
      await assistant.kill("model");
      await left;
      await isOver(assistant, { dead: "model" });
    },
    logs: "model disconnect weak",
    spans: "model disconnect weak",
  },
  {
    name: "the proxy's timeout passes",
    setup: { proxyTimeout: "1s", env: { model: stalled } },
    play: sitThrough,
    logs: "{proxy} deadline strong",
    spans: "gateway disconnect strong by the HTTP client of gateway",
  },
  {
    name: "it ends normally",
    setup: { env: { model: { TOKENS: "10" } } },
    play: sitThrough,
    logs: null,
    spans: null,
  },
];
