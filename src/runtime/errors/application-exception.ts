/**
 * A thrift application exception with its own type, for interceptors that refuse a call. Thrown by an interceptor it reaches the client
 * as it is; thrown by a handler it is an error like any other and gets the type 6 (docs/protocol.md#exception-payload).
 */
export class ApplicationException extends Error {
  override readonly name = "ApplicationException";
  /** Thrift's exception type: a 32-bit number. */
  readonly type: number;

  constructor(type: number, message: string) {
    super(message);
    this.type = type;
  }
}
