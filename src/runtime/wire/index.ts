/** Bytes to frames and back. Pure: no sockets, no timers. */
export { ByteWriter } from "./byte-writer.ts";
export { answerOfStranger, DETECT_BYTES, detectProtocol, type WireProtocol } from "./detect.ts";
export {
  decodeException,
  EXCEPTION_TYPES,
  type ExceptionPayload,
  encodeException,
} from "./exception.ts";
export {
  type Frame,
  type FrameContent,
  methodOfFrame,
  writeDecoded,
  writeFrame,
} from "./frame.ts";
export { FrameReader, type FrameSink } from "./frame-reader.ts";
export { CHAIN_KEY, HTTP_KEYS, INT_KEYS, METADATA_PREFIXES, STRING_KEYS } from "./keys.ts";
export { DEFAULT_WIRE_LIMITS, type WireLimits } from "./limits.ts";
export { cutText, fitPath, joinPath, splitPath } from "./path.ts";
export { tooLarge, WireError, type WireFault } from "./wire-error.ts";
