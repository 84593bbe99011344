/** The users of the demo: they ask by HTTP, read as tokens come, and some of them do not wait for the end. */
import { type ClientRequest, request } from "node:http";
import type { Prompt } from "./chat-service.ts";

/** What a user got. */
export interface Visit {
  readonly delivered: number;
  /** True where the whole answer came. */
  readonly whole: boolean;
}

/** What a user may do while the answer comes. */
export interface Actions {
  /** Closes the tab. */
  readonly leave: () => void;
  /** Presses the stop button. */
  readonly stop: () => void;
}

let lastId = 0;

/** Asks the gateway. `onToken` is called with the number of tokens so far; never rejects. */
export async function ask(
  url: string,
  prompt: Prompt,
  onToken: (count: number, actions: Actions) => void = () => undefined,
): Promise<Visit> {
  lastId += 1;
  const id = String(lastId);
  const asking = request(`${url}/chat/${id}`, { method: "POST", agent: false });
  const actions: Actions = {
    leave: () => asking.destroy(),
    stop: () => void post(`${url}/stop/${id}`).end(),
  };
  return await new Promise<Visit>((done) => {
    let delivered = 0;
    let whole = false;
    asking.on("response", (response) => {
      response.setEncoding("utf8").on("data", (chunk: string) => {
        for (const letter of chunk) {
          if (letter !== "\n") continue;
          delivered += 1;
          onToken(delivered, actions);
        }
      });
      response.on("end", () => {
        whole = true;
      });
      response.on("error", () => undefined);
    });
    asking.on("error", () => undefined);
    asking.on("close", () => done({ delivered, whole }));
    asking.end(JSON.stringify(prompt));
  });
}

function post(url: string): ClientRequest {
  const sent = request(url, { method: "POST", agent: false }, (response) => response.resume());
  return sent.on("error", () => undefined);
}
