/**
 * How much the headers and trailers of a call may hold. HTTP/2 of Node.js ends a whole session, with every call on it, for a header block of
 * more than 64 KiB (`maxSendHeaderBlockLength`), so a call with such a block ends alone.
 */
import type { Metadata } from "@grpc/grpc-js";
import { cutText } from "../runtime/bridge/index.ts";

/** Room is left for the keys of gRPC itself. */
const MAX_BYTES = 60 * 1024;

/** A text of a status becomes three times as long where it is percent-encoded. */
const MAX_DETAILS_BYTES = 16 * 1024;

/** What HTTP/2 counts beside the name and the value of a field (RFC 9113, section 10.5.1). */
const FIELD_BYTES = 32;

/** Why metadata cannot be sent; null where it can. `room` is what else has to go with it, in bytes. */
export function tooLong(metadata: Metadata, room = 0): string | null {
  let bytes = room;
  for (const [name, values] of Object.entries(metadata.toHttp2Headers()))
    for (const value of Array.isArray(values) ? values : [values])
      bytes += name.length + String(value).length + FIELD_BYTES;
  return bytes <= MAX_BYTES ? null : `metadata of ${bytes} bytes is longer than the ${MAX_BYTES} of one call`;
}

/** The text of a status, cut where it is too long. */
export function fitDetails(details: string): string {
  return cutText(details, MAX_DETAILS_BYTES);
}

/** Bytes of a text on the wire. */
export function detailsBytes(details: string): number {
  return encodeURI(details.toWellFormed()).length;
}
