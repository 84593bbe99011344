/**
 * Diagnostics channels: what observers may listen to with `node:diagnostics_channel`. Without a listener an event costs one comparison.
 *
 * Messages are read-only. A listener that throws is reported by Node as an uncaught exception, as with every diagnostics channel;
 * hooks (see stream-hooks.ts) are the safer seam.
 */
import { type Channel, channel } from "node:diagnostics_channel";
import type { CallEnd, CallInfo, CancelEvent, ConnectionEvent, GhostEvent } from "./call-info.ts";

/** The names of the channels and, in {@link ChannelMessages}, what they carry. */
export const CHANNELS = {
  streamOpen: "streamscope:stream.open",
  streamEnd: "streamscope:stream.end",
  streamCancel: "streamscope:stream.cancel",
  ghost: "streamscope:ghost",
  connectionOpen: "streamscope:connection.open",
  connectionLost: "streamscope:connection.lost",
  fieldMistyped: "streamscope:field.mistyped",
  log: "streamscope:log",
} as const;

/** One line for the log. */
export interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly text: string;
  readonly error: unknown;
}

/** A field of a received message that has another type than its struct says: it was skipped, as every thrift reader does. */
export interface MistypedField {
  /** The name of the field; `element` inside a list, set or map. */
  readonly field: string;
  /** Thrift's names of the types, for example `string`, or the number of a type that has none. */
  readonly expected: string;
  readonly found: string;
}

/** The message of each channel. */
export interface ChannelMessages {
  readonly "streamscope:stream.open": { readonly call: CallInfo };
  readonly "streamscope:stream.end": { readonly call: CallInfo; readonly end: CallEnd };
  readonly "streamscope:stream.cancel": CancelEvent;
  readonly "streamscope:ghost": GhostEvent;
  readonly "streamscope:connection.open": ConnectionEvent;
  readonly "streamscope:connection.lost": ConnectionEvent;
  readonly "streamscope:field.mistyped": MistypedField;
  readonly "streamscope:log": LogLine;
}

export const streamOpen: Channel = channel(CHANNELS.streamOpen);
export const streamEnd: Channel = channel(CHANNELS.streamEnd);
export const streamCancel: Channel = channel(CHANNELS.streamCancel);
export const ghost: Channel = channel(CHANNELS.ghost);
export const connectionOpen: Channel = channel(CHANNELS.connectionOpen);
export const connectionLost: Channel = channel(CHANNELS.connectionLost);
export const fieldMistyped: Channel = channel(CHANNELS.fieldMistyped);
export const logLines: Channel = channel(CHANNELS.log);
