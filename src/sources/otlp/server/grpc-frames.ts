/** Messages of gRPC in the bytes of a stream: a flag, a length of four bytes, the message. */

/** A whole message. */
export interface GrpcMessage {
  readonly compressed: boolean;
  readonly chunks: readonly Buffer[];
  readonly length: number;
}

/** What is wrong with the bytes. */
export type FrameProblem = "too-large" | "broken";

/** Collects the one message of a unary call. */
export class GrpcFrame {
  readonly #maxBytes: number;
  readonly #chunks: Buffer[] = [];
  #received = 0;
  #head: Buffer = Buffer.alloc(0);
  /** The length that the message says it has, once its head is there. */
  length: number | null = null;

  /** `maxBytes`: the longest message that is taken. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes bytes; returns what is wrong with them, or null. */
  push(chunk: Buffer): FrameProblem | null {
    let rest = chunk;
    if (this.length === null) {
      this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
      if (this.#head.length < 5) return null;
      if ((this.#head[0] as number) > 1) return "broken";
      this.length = this.#head.readUInt32BE(1);
      if (this.length > this.#maxBytes) return "too-large";
      rest = this.#head.subarray(5);
    }
    this.#received += rest.length;
    // A second message is not what a unary call has
    if (this.#received > this.length) return "broken";
    if (rest.length > 0) this.#chunks.push(rest);
    return null;
  }

  /** The message, once the stream has ended; null where it is not whole. */
  finish(): GrpcMessage | null {
    if (this.length === null || this.#received !== this.length) return null;
    return { compressed: this.#head[0] === 1, chunks: this.#chunks, length: this.length };
  }
}

/** The frame of an empty message: what a successful export is answered with. */
export const EMPTY_MESSAGE: Buffer = Buffer.alloc(5);

/** A text as it may stand in `grpc-message`. */
export function encodeGrpcText(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => (byte >= 0x20 && byte <= 0x7e && byte !== 0x25 ? String.fromCharCode(byte) : hexOf(byte)))
    .join("");
}

function hexOf(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
