/** Asks an OpenAI-compatible backend, with the package `openai` as it is. `node model.ts [PORT] [BACKEND-URL]` */
import { Server, ServerCredentials, type ServerWritableStream } from "@grpc/grpc-js";
import OpenAI from "openai";
import { scopedFetch } from "streamscope/fetch";
import { currentCall, serverInterceptor } from "streamscope/runtime/grpc";
import { log } from "./log.ts";
import { type Generate, ModelService, type Piece } from "./model-service.ts";

// `internal`: the backend is one of our own and may know who calls. Leave it out for one that is not.
const openai = new OpenAI({
  apiKey: "none",
  baseURL: `${process.argv[3] ?? "http://127.0.0.1:7004"}/v1`,
  fetch: scopedFetch({ service: "model", internal: true }),
});

async function generate(call: ServerWritableStream<Generate, Piece>): Promise<void> {
  const handled = currentCall();
  try {
    const stream = await openai.chat.completions.create({
      model: "stub",
      messages: [...call.request.messages],
      stream: true,
    });
    for await (const part of stream) {
      const room = call.write({ text: part.choices[0]?.delta.content ?? "" });
      if (!room && !call.cancelled) await new Promise((resolve) => call.once("drain", resolve));
    }
    call.end();
  } catch (error) {
    log("WARN", `generating ended: ${handled?.exception?.message ?? String(error)}`);
    call.destroy(error instanceof Error ? error : undefined);
  }
}

const server = new Server({ interceptors: [serverInterceptor({ name: "model" })] });
server.addService(ModelService, { generate: (call: ServerWritableStream<Generate, Piece>) => void generate(call) });
const where = `127.0.0.1:${process.argv[2] ?? 7003}`;
server.bindAsync(where, ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  log("INFO", `model listens at ${port}`);
});
