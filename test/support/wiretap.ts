import { memoryTransport, type Pipe, type Transport } from "../../src/runtime/index.ts";
import { DEFAULT_WIRE_LIMITS, type Frame, FrameReader } from "../../src/runtime/wire/index.ts";

/** A memory transport that notes every frame handed to it, before it is delivered. */
export class Wiretap implements Transport {
  /** Frames of clients and of servers, in the order they were written. Data frames have no maps. */
  readonly fromClient: (Frame | { type: "data"; streamId: number })[] = [];
  readonly fromServer: (Frame | { type: "data"; streamId: number })[] = [];
  readonly #inner = memoryTransport();

  async dial(address: string, timeoutMs: number): Promise<Pipe> {
    return this.#tap(await this.#inner.dial(address, timeoutMs), this.fromClient);
  }

  listen(address: { readonly path?: string }, accept: (pipe: Pipe) => void): ReturnType<Transport["listen"]> {
    return this.#inner.listen(address, (pipe) => accept(this.#tap(pipe, this.fromServer)));
  }

  /** The only Rst that clients sent. */
  rst(): Frame {
    const all = this.fromClient.filter((frame): frame is Frame => frame.type === "rst");
    const [only] = all;
    if (all.length !== 1 || only === undefined) throw new Error(`${all.length} Rst frames`);
    return only;
  }

  #tap(pipe: Pipe, frames: (Frame | { type: "data"; streamId: number })[]): Pipe {
    const reader = new FrameReader(DEFAULT_WIRE_LIMITS, {
      onData: (streamId) => frames.push({ type: "data", streamId }),
      onFrame: (frame) => frames.push(frame),
    });
    const write = pipe.write.bind(pipe);
    pipe.write = (parts, done) => {
      for (const part of parts) reader.push(Buffer.from(part));
      write(parts, done);
    };
    return pipe;
  }
}
