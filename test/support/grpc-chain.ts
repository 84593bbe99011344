/**
 * A chain of plain grpc-js services with the interceptors and nothing else: each passes its stream on to the next, and the leaf goes on
 * until it is stopped.
 */
import {
  Client,
  type ClientReadableStream,
  credentials,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerWritableStream,
} from "@grpc/grpc-js";
import { clientInterceptor, currentCall, type GrpcServerCall, serverInterceptor } from "../../src/grpc/index.ts";

/** A message of the chain. */
export interface Word {
  readonly text: string;
}

const encode = (word: Word): Buffer => Buffer.from(JSON.stringify(word));
const decode = (bytes: Buffer): Word => JSON.parse(bytes.toString()) as Word;

/** A definition as grpc-js generates it. */
export function grpcMethod(
  name: string,
  requestStream: boolean,
  responseStream: boolean,
): MethodDefinition<Word, Word> {
  return {
    path: `/chat.Chat/${name}`,
    requestStream,
    responseStream,
    requestSerialize: encode,
    requestDeserialize: decode,
    responseSerialize: encode,
    responseDeserialize: decode,
  };
}

/** Every kind of method. */
export const CHAT: Readonly<Record<"ask" | "generate" | "upload" | "talk", MethodDefinition<Word, Word>>> = {
  ask: grpcMethod("Ask", false, false),
  generate: grpcMethod("Generate", false, true),
  upload: grpcMethod("Upload", true, false),
  talk: grpcMethod("Talk", true, true),
};

/** A grpc-js client for {@link CHAT}, with the interceptor. */
export class ChatClient implements Disposable {
  readonly client: Client;

  constructor(address: string, name?: string, more: { readonly detached?: boolean } = {}) {
    const interceptor = clientInterceptor({ ...(name === undefined ? {} : { name }), ...more });
    this.client = new Client(address, credentials.createInsecure(), { interceptors: [interceptor] });
  }

  generate(text: string, timeoutMs?: number): ClientReadableStream<Word> {
    const { path, requestSerialize, responseDeserialize } = CHAT.generate;
    const options = timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
    return this.client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { text }, options);
  }

  ask(text: string): Promise<Word> {
    const { path, requestSerialize, responseDeserialize } = CHAT.ask;
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { text }, (error, word) => {
        if (error === null && word !== undefined) resolve(word);
        else reject(error);
      });
    });
  }

  [Symbol.dispose](): void {
    this.client.close();
  }
}

/** The end of a call that a client sees. */
export function endOf(call: ClientReadableStream<Word>): Promise<Error | null> {
  return new Promise((resolve) => {
    call.on("error", resolve);
    call.on("end", () => resolve(null));
    call.resume();
  });
}

/** A handler of {@link CHAT.generate}. */
export type Generate = (call: ServerWritableStream<Word, Word>, scope: GrpcServerCall) => void;

/** A grpc-js server with the interceptor. */
export class ChatServer implements Disposable {
  readonly server: Server;
  address = "";
  readonly name: string;

  constructor(name: string, generate: Generate) {
    this.name = name;
    this.server = new Server({ interceptors: [serverInterceptor({ name })] });
    this.server.addService(
      { generate: CHAT.generate },
      {
        generate(call: ServerWritableStream<Word, Word>) {
          const scope = currentCall();
          if (scope === null) throw new Error("there is no scope");
          generate(call, scope);
        },
      },
    );
  }

  async listen(): Promise<this> {
    const port = await new Promise<number>((resolve, reject) => {
      this.server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    this.address = `127.0.0.1:${port}`;
    return this;
  }

  [Symbol.dispose](): void {
    this.server.forceShutdown();
  }
}

/** Passes a stream on, as people do it. */
export function relay(next: ChatClient): Generate {
  return (call) => {
    const below = next.generate(call.request.text);
    below.on("data", (word: Word) => call.write(word));
    below.on("error", (error) => call.emit("error", error));
    below.on("end", () => call.end());
  };
}
