/**
 * What the agent asks the model, over gRPC. The messages are JSON to keep the example short; generated protobuf definitions are used the
 * same way.
 */
import {
  type ClientReadableStream,
  makeGenericClientConstructor,
  type ServiceClientConstructor,
  type ServiceDefinition,
} from "@grpc/grpc-js";

/** What is generated from. */
export interface Generate {
  readonly messages: readonly { readonly role: "system" | "user"; readonly content: string }[];
}

/** A piece of what was generated. */
export interface Piece {
  readonly text: string;
}

const write = (message: unknown): Buffer => Buffer.from(JSON.stringify(message));

export const ModelService: ServiceDefinition = {
  generate: {
    path: "/chat.Model/Generate",
    requestStream: false,
    responseStream: true,
    requestSerialize: write,
    requestDeserialize: (bytes: Buffer): Generate => JSON.parse(bytes.toString()),
    responseSerialize: write,
    responseDeserialize: (bytes: Buffer): Piece => JSON.parse(bytes.toString()),
  },
};

/** The client's method. */
export interface ModelClient {
  generate(request: Generate): ClientReadableStream<Piece>;
}

export const ModelClient: ServiceClientConstructor = makeGenericClientConstructor(ModelService, "Model");
