/**
 * Which protocol a new connection speaks, from its first bytes (docs/protocol.md#protocol-detection).
 */

/** What the first bytes of a connection look like. */
export type WireProtocol = "ttheader-streaming" | "ttheader-unary" | "thrift" | "http" | "http2" | "tls" | "unknown";

/** How many bytes {@link detectProtocol} needs to be sure. */
export const DETECT_BYTES = 8;

const HTTP = /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE) ?/;

/** Names the protocol; null where more bytes are needed. */
export function detectProtocol(bytes: Buffer): WireProtocol | null {
  if (bytes.length < DETECT_BYTES) return null;
  if (bytes[4] === 0x10 && bytes[5] === 0x00) return (bytes[7] as number) & 2 ? "ttheader-streaming" : "ttheader-unary";
  const text = bytes.toString("latin1", 0, DETECT_BYTES);
  if (text.startsWith("PRI * HT")) return "http2";
  if (HTTP.test(text)) return "http";
  if (bytes[0] === 0x16 && bytes[1] === 0x03) return "tls";
  if (bytes[0] === 0x80 && bytes[1] === 0x01) return "thrift";
  if (bytes[4] === 0x80 && bytes[5] === 0x01) return "thrift";
  return "unknown";
}

/** What a server speaks whose first bytes these are, in words for its client; null where they may be ours. */
export function answerOfStranger(bytes: Buffer): string | null {
  const text = bytes.toString("latin1", 0, DETECT_BYTES);
  if (text.startsWith("HTTP/")) return "the server answers over HTTP, this is not its port for TTHeader Streaming";
  if ((bytes[0] === 0x15 || bytes[0] === 0x16) && bytes[1] === 0x03) {
    return "the server answers over TLS (give the client `tls`, or the server none)";
  }
  // The settings that begin every connection of HTTP/2.
  if (bytes.length >= 9 && bytes[0] === 0 && bytes[3] === 4 && bytes.readUInt32BE(5) === 0) {
    return "the server answers over HTTP/2 (gRPC?), this is not its port for TTHeader Streaming";
  }
  return null;
}
