/** A store that is an HTTP server in this process, which a test makes behave as it likes. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A question, its body read. */
export interface Question {
  readonly url: URL;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
}

/** What a store answers: a text, a status with a text, or what it does with the response itself. */
export type Answer = string | { readonly status: number; readonly text: string } | ((response: ServerResponse) => void);

/** An open server. Disposing closes it. */
export class FakeStore implements AsyncDisposable {
  readonly #server: Server;
  readonly asked: Question[] = [];

  private constructor(answer: (question: Question) => Answer) {
    // Parameters may be long
    this.#server = createServer({ maxHeaderSize: 1 << 20 }, (request, response) => {
      void this.#take(request, response, answer);
    });
  }

  /** Opens one at a free port. */
  static async open(answer: (question: Question) => Answer): Promise<FakeStore> {
    const store = new FakeStore(answer);
    store.#server.listen(0, "127.0.0.1");
    await once(store.#server, "listening");
    return store;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  async #take(
    request: IncomingMessage,
    response: ServerResponse,
    answer: (question: Question) => Answer,
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const question = { url: new URL(request.url ?? "/", "http://store"), body, headers: request.headers };
    this.asked.push(question);
    const given = answer(question);
    if (typeof given === "function") given(response);
    else if (typeof given === "string") response.end(given);
    else response.writeHead(given.status).end(given.text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
