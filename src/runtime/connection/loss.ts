import type { Side } from "../../model/index.ts";
import { CODES } from "../../ttstream/index.ts";
import { sentenceOf } from "../errors/reason.ts";
import { StreamException } from "../errors/stream-exception.ts";
import { answerOfStranger } from "../wire/index.ts";

/** So many of a server's first bytes tell what it speaks. */
const FIRST_BYTES = 16;

/** What the streams of a connection end with that is gone (docs/protocol.md#connections). */
export class Losses {
  readonly #side: Side;
  /** Of a client: how the server's first bytes begin. */
  #first: Buffer | null = null;

  constructor(side: Side) {
    this.#side = side;
  }

  /** Bytes came. */
  hear(chunk: Buffer): void {
    if (this.#first === null && this.#side === "client") this.#first = Buffer.from(chunk.subarray(0, FIRST_BYTES));
  }

  /** The peer has closed, or the socket failed. */
  lost(cause: Error | null): StreamException {
    if (this.#side === "client") return this.exception(CODES.illegalFrame, `EOF peer close${this.#stranger()}`, cause);
    return this.exception(CODES.connectionClosed, sentenceOf(CODES.connectionClosed), cause);
  }

  /** Bytes made no sense, or a listener failed: what broke the connection, and what its streams end with. */
  broken(cause: Error): readonly [failure: StreamException, end: StreamException] {
    const failure = this.exception(CODES.illegalFrame, cause.message + this.#stranger(), cause);
    if (this.#side === "client") return [failure, failure];
    return [failure, this.exception(CODES.connectionClosed, failure.message, failure)];
  }

  exception(code: number, text: string, cause: Error | null): StreamException {
    return new StreamException({
      code,
      side: null,
      raisedAt: this.#side,
      text,
      origin: null,
      kind: "disconnect",
      ...(cause === null ? {} : { cause }),
    });
  }

  /** What else the server speaks, in words, as far as its first bytes say so. */
  #stranger(): string {
    const sentence = this.#first === null ? null : answerOfStranger(this.#first);
    return sentence === null ? "" : `: ${sentence}`;
  }
}
