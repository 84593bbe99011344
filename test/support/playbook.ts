/**
 * A wire conversation as a script: what came in, what must go out. No sockets, no turns of the event loop.
 *
 * The book plays the peer and the transport of one connection. Frames out are decoded again, so a line reads
 * `header 1 Chat` or `rst 1 12007 path=A`.
 */
import type { Budget } from "../../src/runtime/connection/budget.ts";
import { Connection } from "../../src/runtime/connection/connection.ts";
import { type ConnectionLimits, connectionLimits } from "../../src/runtime/connection/limits.ts";
import type { StreamAcceptor } from "../../src/runtime/connection/port.ts";
import { StreamException } from "../../src/runtime/errors/stream-exception.ts";
import { ClientStream } from "../../src/runtime/stream/client-stream.ts";
import type { ServerStream } from "../../src/runtime/stream/server-stream.ts";
import type { Stream, StreamListener } from "../../src/runtime/stream/stream.ts";
import {
  ByteWriter,
  decodeException,
  type Frame,
  type FrameContent,
  FrameReader,
  methodOfFrame,
  writeFrame,
} from "../../src/runtime/wire/index.ts";

const NO_STRINGS: ReadonlyMap<string, string> = new Map();

/** The state machine of a connection under a script. */
export class Playbook {
  readonly connection: Connection;
  /** Server side: the streams that were accepted. */
  readonly accepted: ServerStream[] = [];
  /** What listeners were told, as `1 readable`, `1 ended by rst: <message>`, … */
  readonly notices: string[] = [];
  /** What the transport was asked, besides flushing. */
  readonly commands: string[] = [];
  /** How often the transport was asked to take what waits. */
  flushes = 0;
  readonly limits: ConnectionLimits;
  #nextId = 0;

  constructor(side: "client" | "server", limits: Partial<ConnectionLimits> = {}, budget?: Budget) {
    this.limits = connectionLimits(limits);
    const port = {
      flush: () => {
        this.flushes += 1;
      },
      pause: () => this.commands.push("pause"),
      resume: () => this.commands.push("resume"),
      close: (error: Error | null) => this.commands.push(error === null ? "close" : `close: ${error.message}`),
    };
    const acceptor: StreamAcceptor = {
      accept: (stream) => {
        this.accepted.push(stream);
        return this.#listener(() => stream);
      },
    };
    this.connection = new Connection({
      side,
      port,
      limits: this.limits,
      acceptor: side === "server" ? acceptor : null,
      ...(budget === undefined ? {} : { budget }),
    });
  }

  /** Opens a client stream. */
  open(method = "M"): ClientStream {
    let stream: ClientStream | null = null;
    stream = new ClientStream(
      method,
      this.#listener(() => stream),
    );
    this.#nextId += 1;
    this.connection.open(stream, this.#nextId, { strings: NO_STRINGS, ints: new Map() });
    return stream;
  }

  /** Frames come in, in one chunk. */
  receive(...frames: FrameContent[]): this {
    const writer = new ByteWriter();
    for (const frame of frames) writeFrame(writer, frame);
    this.connection.receive(writer.toBytes());
    return this;
  }

  /** The transport takes what waits: the frames that left, one line each. */
  sent(): string[] {
    const lines: string[] = [];
    const reader = new FrameReader(this.limits, {
      onData: (id, bytes, start, end) => lines.push(`data ${id} ${bytes.toString("latin1", start, end)}`),
      onFrame: (frame) => lines.push(line(frame)),
    });
    for (const part of this.connection.outbox.take()) reader.push(Buffer.from(part));
    this.connection.flushed();
    return lines;
  }

  /** What listeners were told since the last look. */
  told(): string[] {
    return this.notices.splice(0);
  }

  #listener(stream: () => Stream | null): StreamListener {
    const tell = (text: string) => this.notices.push(`${stream()?.streamId ?? 0} ${text}`);
    return {
      headerArrived: () => tell("header"),
      readable: () => {},
      writable: () => tell("writable"),
      overflowed: (limit) => tell(`overflowed ${limit}`),
      breached: (text) => tell(`breached: ${text}`),
      ended: (end) => tell(`ended by ${end.by}${end.error === null ? "" : `: ${end.error.message}`}`),
    };
  }
}

function line(frame: Frame): string {
  const strings = [...frame.strings].map(([key, value]) => ` ${key}=${value}`).join("");
  const name = frame.type === "header" ? ` ${methodOfFrame(frame)}` : "";
  if (frame.payload.length === 0) return `${frame.type} ${frame.streamId}${name}${strings}`;
  const { code, message } = decodeException(frame.payload);
  return `${frame.type} ${frame.streamId}${name}${strings} ${code} ${message}`;
}

/** A cancel as the call layer would decide it. */
export function plainCancel(text = "stop"): StreamException {
  return new StreamException({ code: 12008, side: "client", text, origin: "A" });
}

/** Everything a stream can be read to: messages as text, then how it goes on. */
export function drain(stream: Stream): string[] {
  const lines: string[] = [];
  for (let payload = stream.take(); payload !== undefined; payload = stream.take())
    lines.push(payload.source.toString("latin1", payload.start, payload.end));
  const { inputEnd } = stream;
  lines.push(inputEnd === undefined ? "…" : inputEnd === null ? "end" : inputEnd.message);
  return lines;
}
