/** Makes a prompt of a question and passes the model's answer on. `node agent.ts [PORT] [MODEL-ADDRESS]` */
import { credentials } from "@grpc/grpc-js";
import { createServer } from "streamscope/runtime";
import { clientInterceptor } from "streamscope/runtime/grpc";
import { AgentService } from "./agent-service.ts";
import { log } from "./log.ts";
import { ModelClient } from "./model-service.ts";

const target = process.argv[3] ?? "127.0.0.1:7003";
const interceptors = [clientInterceptor({ name: "agent" })];
const model = new ModelClient(target, credentials.createInsecure(), { interceptors }) as unknown as ModelClient;
const server = createServer({ name: "agent", log: null });

server.add(AgentService, {
  // No signal is passed on: a call made in a handler ends with it, with the origin kept.
  async *answer({ text }, call) {
    const system = { role: "system", content: "Answer in tokens." } as const;
    try {
      for await (const piece of model.generate({ messages: [system, { role: "user", content: text }] })) {
        yield { text: (piece as { text: string }).text };
      }
    } catch (error) {
      log("WARN", `answer ended: ${call.exception?.message ?? String(error)}`);
      throw error;
    }
  },
});

const { address } = await server.listen({ host: "127.0.0.1", port: Number(process.argv[2] ?? 7002) });
log("INFO", `agent listens at ${address.split(":").at(-1)}`);
