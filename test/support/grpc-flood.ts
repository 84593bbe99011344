/** Healthy streams of grpc-js on one channel, beside thousands that are cancelled with their first answer. */
import {
  Client,
  type ClientOptions,
  credentials,
  type Server,
  ServerCredentials,
  type ServerWritableStream,
} from "@grpc/grpc-js";
import { CHAT, type Word } from "./grpc-chain.ts";

/** How many healthy streams there are. */
export const HEALTHY = 10;
const AT_A_TIME = 50;

/** Ten streams that go on, and `quick` beside them that are cancelled; how many of the ten are alive then. */
export async function flood(server: Server, options: ClientOptions, quick: number): Promise<number> {
  const writers = new Set<ServerWritableStream<Word, Word>>();
  server.addService(
    { generate: CHAT.generate },
    {
      generate(call: ServerWritableStream<Word, Word>) {
        if (call.request.text === "healthy") writers.add(call);
        call.write({ text: "first" });
      },
    },
  );
  const port = await new Promise<number>((resolve) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_, bound) => resolve(bound));
  });
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  const { path, requestSerialize, responseDeserialize } = CHAT.generate;
  const open = (text: string) =>
    client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { text }).on("error", () => {});
  try {
    const healthy = Array.from({ length: HEALTHY }, () => open("healthy"));
    await Promise.all(healthy.map((call) => new Promise((resolve) => call.once("data", resolve))));
    let made = 0;
    const cancelAgain = async (): Promise<void> => {
      for (; made < quick; made += 1) {
        const call = open("quick");
        call.once("data", () => call.cancel());
        await new Promise((resolve) => call.once("error", resolve));
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, cancelAgain));
    const second = healthy.map(
      (call) =>
        new Promise<boolean>((resolve) => {
          call.once("data", () => resolve(true));
          call.once("error", () => resolve(false));
          if (call.destroyed) resolve(false);
        }),
    );
    for (const call of writers) call.write({ text: "second" });
    return (await Promise.all(second)).filter((alive) => alive).length;
  } finally {
    client.close();
    server.forceShutdown();
  }
}
