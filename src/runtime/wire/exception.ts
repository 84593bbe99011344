/**
 * The thrift exception message inside Rst frames and failing Trailers (docs/protocol.md#exception-payload).
 *
 * Only fields 1 (message) and 2 (type) are ever written: Go's reader skips unknown fields from the wrong offset.
 */
/** What an exception payload says. */
export interface ExceptionPayload {
  /** A ttstream code in Rst frames, thrift's application exception type in Trailers. */
  readonly code: number;
  readonly message: string;
}

/** Thrift's application exception types (docs/protocol.md#exception-payload), as the texts Kitex shows for an empty message. */
const DEFAULT_TEXTS: readonly string[] = [
  "unknown application exception",
  "unknown method",
  "invalid message type",
  "wrong method name",
  "bad sequence ID",
  "missing result",
  "unknown internal error",
  "unknown protocol error",
  "Invalid transform",
  "Invalid protocol",
  "Unsupported client type",
];

/** Application exception types this runtime writes. */
export const EXCEPTION_TYPES = { unknownMethod: 1, internalError: 6 } as const;

const MESSAGE_TYPES: readonly string[] = ["INVALID", "Call", "Reply", "Exception", "Oneway"];
const STRING = 11;
const I32 = 8;

/** The field of the code, and the stop behind it. */
const CODE_BYTES = 8;

/** An exception payload without its two texts. */
const EXCEPTION_BYTES = 4 + 4 + 4 + 3 + 4 + CODE_BYTES;

/** Encodes an exception payload. */
export function encodeException(method: string, streamId: number, exception: ExceptionPayload): Buffer {
  const { code, message } = exception;
  const methodBytes = Buffer.byteLength(method);
  const bytes = Buffer.allocUnsafe(EXCEPTION_BYTES + methodBytes + Buffer.byteLength(message));
  let at = bytes.writeUInt32BE(0x80010003, 0);
  at = bytes.writeUInt32BE(methodBytes, at);
  at += bytes.write(method, at);
  at = bytes.writeInt32BE(streamId, at);
  at = bytes.writeUInt8(STRING, at);
  at = bytes.writeUInt16BE(1, at);
  at = bytes.writeUInt32BE(bytes.length - at - 4 - CODE_BYTES, at);
  at += bytes.write(message, at);
  at = bytes.writeUInt8(I32, at);
  at = bytes.writeUInt16BE(2, at);
  at = bytes.writeInt32BE(code | 0, at);
  bytes.writeUInt8(0, at);
  return bytes;
}

/** Why an exception payload could not be read, in Kitex's words where it has some. */
class BadExceptionPayload extends Error {
  override readonly name = "BadExceptionPayload";
}

/** Decodes an exception payload. Both fields are optional. Throws {@link BadExceptionPayload}. */
export function decodeException(payload: Uint8Array): ExceptionPayload {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  let at = 0;
  const take = (count: number): number => {
    if (at + count > bytes.length) throw new BadExceptionPayload("thrift exception message: buf too small");
    at += count;
    return at - count;
  };
  const version = bytes.readUInt32BE(take(4));
  if ((version & 0xffff0000) >>> 0 !== 0x80010000) throw new BadExceptionPayload("thrift message: bad version");
  const messageType = version & 0xff;
  if (messageType !== 3) {
    const got = MESSAGE_TYPES[messageType] ?? String(messageType);
    throw new BadExceptionPayload(`thrift message type want Exception, but got ${got}`);
  }
  take(bytes.readUInt32BE(take(4)));
  take(4);
  let code = 0;
  let message = "";
  for (let type = bytes[take(1)] as number; type !== 0; type = bytes[take(1)] as number) {
    const id = bytes.readInt16BE(take(2));
    if (type === STRING) {
      const length = bytes.readUInt32BE(take(4));
      const start = take(length);
      if (id === 1) message = bytes.toString("utf8", start, at);
    } else if (type === I32) {
      const value = bytes.readInt32BE(take(4));
      if (id === 2) code = value;
    } else {
      throw new BadExceptionPayload(`thrift exception message: field ${id} of type ${type} is not expected`);
    }
  }
  if (message === "") message = DEFAULT_TEXTS[code] ?? `unknown exception type [${code}]`;
  return { code, message };
}
