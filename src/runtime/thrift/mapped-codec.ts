import type { Codec } from "./codec.ts";

/** Changes a message, or only looks at it; what it throws is as if the codec had thrown it. */
export type MessageStep = (message: unknown) => unknown;

function through(steps: readonly MessageStep[], message: unknown): unknown {
  return steps.reduce((each, step) => step(each), message);
}

/** A codec whose messages go through steps: before they are encoded, after they were decoded. The codec itself where there are none. */
export function mappedCodec(
  codec: Codec<unknown>,
  { out, back }: { readonly out: readonly MessageStep[]; readonly back: readonly MessageStep[] },
): Codec<unknown> {
  if (out.length === 0 && back.length === 0) return codec;
  const { write } = codec;
  return {
    encode: (message) => codec.encode(through(out, message)),
    decode: (payload) => through(back, codec.decode(payload)),
    ...(write === undefined ? {} : { write: (message, writer) => write.call(codec, through(out, message), writer) }),
  };
}
