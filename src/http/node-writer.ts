import type { ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import type { ResponseWriter } from "./exchange.ts";

/** Writes a response of node:http or of node:http2's compatible API. */
export class NodeWriter implements ResponseWriter {
  readonly #response: ServerResponse;
  readonly #taken: (() => void) | null;

  /** `taken` is called when the response is begun here, so that a framework leaves it alone. */
  constructor(response: ServerResponse | Http2ServerResponse, taken: (() => void) | null) {
    // Of what is used here the two have the same methods
    this.#response = response as ServerResponse;
    this.#taken = taken;
    // What goes wrong with it is told by its end; without a listener it would end the process
    response.on("error", () => {});
  }

  begin(status: number, headers: Readonly<Record<string, string>>): void {
    this.#taken?.();
    this.#response.writeHead(status, headers);
  }

  write(text: string): boolean {
    return this.#response.destroyed === true || this.#response.writableEnded || this.#response.write(text);
  }

  drained(signal: AbortSignal): Promise<void> {
    const response = this.#response;
    return new Promise((resolve) => {
      const over = () => {
        response.off("drain", over);
        response.off("close", over);
        signal.removeEventListener("abort", over);
        resolve();
      };
      response.on("drain", over);
      response.on("close", over);
      if (signal.aborted || response.destroyed === true) over();
      else signal.addEventListener("abort", over);
    });
  }

  end(): void {
    this.#response.end();
  }

  destroy(error: Error): void {
    this.#response.destroy(error);
  }
}
