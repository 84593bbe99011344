/**
 * @grpc/grpc-js with the same thrift structs as payload, so that only the runtimes differ, and its quickest habits: events, no iteration.
 */
import {
  Client,
  type ClientOptions,
  credentials,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { scopedClient, scopedServer } from "../../src/grpc/index.ts";
import { ByteWriter, type Struct } from "../../src/runtime/index.ts";
import { Request, Response } from "../../test/support/chat.ts";
import { type LoadMaker, requestOf, responseTo, type System } from "./load.ts";

const writer = new ByteWriter(64 * 1024);

/** Encodes as cheaply as the codec can: into one buffer, then copied out of it once. */
function bytesOf<Message>(codec: Struct<Message>, message: Message): Buffer {
  writer.at = 0;
  codec.write(message, writer);
  return writer.toBytes();
}

function method(path: string, requestStream: boolean, responseStream = true): MethodDefinition<Request, Response> {
  return {
    path,
    requestStream,
    responseStream,
    requestSerialize: (value) => bytesOf(Request, value),
    requestDeserialize: (bytes) => Request.decode(bytes),
    responseSerialize: (value) => bytesOf(Response, value),
    responseDeserialize: (bytes) => Response.decode(bytes),
  };
}

const serverStream = method("/ChatService/ServerStream", false);
const bidiStream = method("/ChatService/BidiStream", true);
const unary = method("/ChatService/Unary", false, false);

/** grpc-js as it is, or in the runtime's scopes: with its interceptors, and nothing else. */
export function grpcSystem(scoped: boolean): System {
  return scoped ? inScopes : plain;
}

const plain = systemOf(
  () => new Server(),
  () => ({}),
);
const inScopes = systemOf(
  () => scopedServer(new Server(), { name: "server" }),
  () => scopedClient({ name: "client" }),
);

function systemOf(makeServer: () => Server, clientOptions: () => ClientOptions): System {
  return {
    serve() {
      const server = makeServer();
      server.addService(
        { serverStream, bidiStream, unary },
        {
          unary(call: ServerUnaryCall<Request, Response>, answer: sendUnaryData<Response>) {
            answer(null, responseTo(call.request, 1n));
          },
          serverStream(call: ServerWritableStream<Request, Response>) {
            let seq = 0n;
            const fill = () => {
              while (!call.cancelled) {
                seq += 1n;
                if (!call.write(responseTo(call.request, seq))) {
                  call.once("drain", fill);
                  return;
                }
              }
            };
            fill();
          },
          bidiStream(call: ServerDuplexStream<Request, Response>) {
            let seq = 0n;
            call.on("data", (request: Request) => {
              seq += 1n;
              call.write(responseTo(request, seq));
            });
            call.on("end", () => call.end());
          },
        },
      );
      return new Promise((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
          if (error === null) resolve(`127.0.0.1:${port}`);
          else reject(error);
        });
      });
    },

    connect(address): Promise<LoadMaker> {
      const client = new Client(address, credentials.createInsecure(), clientOptions());
      return Promise.resolve({
        start({ shape, streams, payload }, count) {
          const request = requestOf(payload);
          if (shape === "unary") return callAgain(client, request, streams, count);
          const open = () => {
            if (shape === "serverStreaming") {
              const { path, requestSerialize, responseDeserialize } = serverStream;
              const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request);
              return call.on("data", count);
            }
            const { path, requestSerialize, responseDeserialize } = bidiStream;
            const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
            call.on("data", () => {
              count();
              call.write(request);
            });
            call.write(request);
            return call;
          };
          const calls = Array.from({ length: streams }, open);
          for (const call of calls) call.on("error", () => {});
          return () => {
            for (const call of calls) call.cancel();
          };
        },
      });
    },
  };
}

/** So many unary calls at a time, each answer followed by the next call. */
function callAgain(client: Client, request: Request, calls: number, count: () => void): () => void {
  const { path, requestSerialize, responseDeserialize } = unary;
  let over = false;
  const call = (): void => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error) => {
      if (error !== null) throw error;
      count();
      if (!over) call();
    });
  };
  for (let i = 0; i < calls; i += 1) call();
  return () => {
    over = true;
  };
}
