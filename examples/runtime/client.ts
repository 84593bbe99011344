/** The first of the chain: `node examples/runtime/client.ts [CHAT-ADDRESS]`. Reads five tokens, then the user closes the tab. */
import { createClient, isCanceled, StreamException } from "streamscope/runtime";
import { ChatService } from "./chat.ts";

await using chat = createClient(ChatService, { target: process.argv[2] ?? "127.0.0.1:8888", name: "gateway" });

for await (const { text } of chat.generate({ text: "hi", maxTokens: 3 })) console.log(text);
console.log("gateway: the whole answer");

const tab = new AbortController();
try {
  for await (const { text, index } of chat.generate({ text: "on and on" }, { signal: tab.signal, timeoutMs: 60_000 })) {
    console.log(text);
    if (index === 4n) tab.abort(new Error("the user closed the tab"));
  }
} catch (error) {
  if (!isCanceled(error) || !StreamException.is(error)) throw error;
  console.log(`gateway: ${error.message}`);
}

const talk = chat.talk();
await talk.send({ text: "both ways" });
console.log((await talk.next()).value?.text);
await talk.closeSend();
await talk.ended();
