/** Bytes to frames and back. Pure: no sockets, no timers. */
export { ByteWriter } from "./byte-writer.ts";
export { DETECT_BYTES, detectProtocol, type Protocol } from "./detect.ts";
export {
  decodeException,
  EXCEPTION_TYPES,
  type ExceptionPayload,
  encodeException,
} from "./exception.ts";
export {
  type Frame,
  type FrameContent,
  INT_KEYS,
  methodOf,
  STRING_KEYS,
  writeDecoded,
  writeFrame,
} from "./frame.ts";
export { FrameReader, type FrameSink } from "./frame-reader.ts";
export { DEFAULT_WIRE_LIMITS, FORMAT_MAX_TEXT_BYTES, type WireLimits } from "./limits.ts";
export { WireError, type WireFault } from "./wire-error.ts";
