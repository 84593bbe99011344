/** ServiceA of the guide reads until a response says that it has enough, and cancels: `node examples/guide/service-a.ts [ADDRESS]`. */
import { createClient, isCanceled } from "streamscope/runtime";
import { Chat } from "./chat.ts";

const chat = createClient(Chat, { target: process.argv[2] ?? "127.0.0.1:8888", name: "ServiceA" });

// A derived signal, as Go's context.WithCancel of a context with a deadline.
const enough = new AbortController();
const signal = AbortSignal.any([enough.signal, AbortSignal.timeout(60_000)]);
try {
  for await (const { message, seq } of chat.serverStream({ message: "tell me" }, { signal })) {
    console.log(`${seq} ${message}`);
    if (message === "that is all I know") enough.abort();
  }
} catch (error) {
  if (!isCanceled(error)) throw error;
  console.log(`ServiceA: ${(error as Error).message}`);
} finally {
  // Whatever happened: nobody works for this stream any more. After its end an abort changes nothing.
  enough.abort();
  await chat.close();
}
