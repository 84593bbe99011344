/**
 * `streamscope/runtime/grpc/protobuf-es`: services that protobuf-es has generated, for {@link createGrpcServer} and
 * {@link createGrpcClient}. `@bufbuild/protobuf` must be installed.
 */
import "../needs-node.ts";
import {
  create,
  type DescMessage,
  type DescMethod,
  type DescService,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import {
  type AnyMethod,
  bidiStreaming,
  type Codec,
  clientStreaming,
  defineService,
  type Method,
  type Service,
  serverStreaming,
  unary,
} from "../runtime/index.ts";

/** protobuf-es's words for how many messages go each way. */
interface Kinds {
  readonly unary: "unary";
  readonly server_streaming: "serverStreaming";
  readonly client_streaming: "clientStreaming";
  readonly bidi_streaming: "bidiStreaming";
}

/** One method of a generated service; `Side` is who holds it: a handler receives requests whole, a client sends them as it likes. */
type MethodOf<Defined> = Defined extends {
  readonly methodKind: infer Kind extends keyof Kinds;
  readonly input: infer Input extends DescMessage;
  readonly output: infer Output extends DescMessage;
}
  ? Method<Kinds[Kind], MessageShape<Input>, MessageShape<Output>>
  : never;

/** The methods of a generated service. */
export type ProtobufMethods<Generated extends DescService> = {
  readonly [Name in keyof Generated["method"] & string]: MethodOf<Generated["method"][Name]>;
};

/** Makes a service of one that protobuf-es has generated. Messages may be given as `create` takes them. */
export function protobufService<Generated extends DescService>(
  generated: Generated,
): Service<ProtobufMethods<Generated>> {
  const methods: Record<string, AnyMethod> = {};
  for (const method of generated.methods) methods[method.localName] = makeMethod(method);
  return defineService(generated.typeName, methods) as unknown as Service<ProtobufMethods<Generated>>;
}

function makeMethod({ name, methodKind, input, output }: DescMethod): AnyMethod {
  const codecs = { request: codecOf(input), response: codecOf(output) };
  switch (methodKind) {
    case "unary":
      return unary(name, codecs);
    case "server_streaming":
      return serverStreaming(name, codecs);
    case "client_streaming":
      return clientStreaming(name, codecs);
    default:
      return bidiStreaming(name, codecs);
  }
}

function codecOf(schema: DescMessage): Codec<MessageInitShape<DescMessage>> {
  return {
    encode: (message) => toBinary(schema, create(schema, message)),
    decode: (bytes) => fromBinary(schema, bytes),
  };
}
