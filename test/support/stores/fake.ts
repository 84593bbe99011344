/** A store that is an HTTP server in this process, which a test makes behave as it likes. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

/** A question, its body read. */
export interface Question {
  readonly url: URL;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
}

/** What a store answers: a text, a status with a text, or what it does with the response itself. */
export type Answer = string | { readonly status: number; readonly text: string } | ((response: ServerResponse) => void);

/** A certificate and its key, both as PEM. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

/** An open server. Disposing closes it. */
export class FakeStore implements AsyncDisposable {
  readonly #server: Server;
  readonly #tls: boolean;
  readonly asked: Question[] = [];

  private constructor(answer: (question: Question) => Answer, tls: Tls | null) {
    const take = (request: IncomingMessage, response: ServerResponse): void => {
      void this.#take(request, response, answer);
    };
    // Parameters may be long
    const options = { maxHeaderSize: 1 << 20 };
    this.#tls = tls !== null;
    this.#server = tls === null ? createServer(options, take) : createTlsServer({ ...options, ...tls }, take);
  }

  /** Opens one at a free port, behind TLS where it has a certificate. */
  static async open(answer: (question: Question) => Answer, tls: Tls | null = null): Promise<FakeStore> {
    const store = new FakeStore(answer, tls);
    store.#server.listen(0, "127.0.0.1");
    await once(store.#server, "listening");
    return store;
  }

  get url(): URL {
    return new URL(`http${this.#tls ? "s" : ""}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
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
