/** An OTLP/HTTP receiver that keeps requests as a Collector's file exporter does: one request in JSON a line. */
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { decodeRequest } from "./otlp-messages.ts";

/** A running receiver. */
export interface OtlpFile extends AsyncDisposable {
  /** Where it takes OTLP/HTTP. */
  readonly address: string;
}

/** Starts a receiver on a free port that appends the traces it gets to a file. */
export async function otlpFile(path: string): Promise<OtlpFile> {
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      if (request.url === "/v1/traces") appendFileSync(path, `${inJson(request, body)}\n`);
      response.setHeader("Content-Type", request.headers["content-type"] ?? "application/json").end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return message.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
}

function inJson({ headers }: IncomingMessage, body: Buffer): string {
  const isJson = headers["content-type"]?.includes("json") === true;
  return isJson ? body.toString() : JSON.stringify(decodeRequest("traces", body));
}
