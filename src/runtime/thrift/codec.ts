import type { ByteWriter } from "../wire/index.ts";

/**
 * How a message becomes a payload and back.
 *
 * `write` is the fast way out: it appends to the connection's own buffer; `decodeAt` is the fast way in: it reads `bytes[start..end)` without a
 * view of them. A codec of your own needs only `encode` and `decode`.
 * `decode` may keep slices of the bytes it is given; they stay valid and unchanged.
 */
export interface Codec<Message> {
  encode(message: Message): Uint8Array;
  decode(payload: Buffer): Message;
  write?(message: Message, writer: ByteWriter): void;
  decodeAt?(bytes: Buffer, start: number, end: number): Message;
}

/** Payloads as they are. */
export const raw: Codec<Uint8Array> = {
  encode(message) {
    if (!(message instanceof Uint8Array)) throw new TypeError("message must be a Uint8Array");
    return message;
  },
  decode: (payload) => payload,
};
