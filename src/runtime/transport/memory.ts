/**
 * Pipes without sockets, for tests of services: the same frames, the same turns, no ports.
 *
 * Bytes are copied and delivered in a later turn of the event loop, as a socket would.
 */
import { outsideCalls } from "../async-context.ts";
import type { Listener, Pipe, PipeEvents, Transport } from "./pipe.ts";

class MemoryPipe implements Pipe {
  readonly remote: string;
  peer: MemoryPipe | null = null;
  #events: PipeEvents | null = null;
  #arrived: Buffer[] = [];
  #paused = false;
  #scheduled = false;
  #closing = false;
  #gone = false;

  constructor(remote: string) {
    this.remote = remote;
  }

  start(events: PipeEvents): void {
    this.#events = events;
    this.#schedule();
  }

  write(parts: readonly Buffer[], done: () => void): void {
    const { peer } = this;
    if (peer !== null && !this.#gone) peer.arrive(Buffer.concat(parts));
    outsideCalls(() => process.nextTick(done));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  end(): void {
    this.peer?.close();
    this.close();
  }

  destroy(): void {
    this.end();
  }

  hold(_alive: boolean): void {}

  arrive(chunk: Buffer): void {
    this.#arrived.push(chunk);
    this.#schedule();
  }

  close(): void {
    this.#closing = true;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#gone || this.#events === null || this.#paused) return;
    this.#scheduled = true;
    outsideCalls(() => setImmediate(() => this.#deliver()));
  }

  #deliver(): void {
    this.#scheduled = false;
    while (this.#arrived.length > 0 && !this.#paused) this.#events?.data(this.#arrived.shift() as Buffer);
    if (this.#arrived.length > 0 || !this.#closing || this.#gone) return;
    this.#gone = true;
    this.#events?.gone(null);
  }
}

/** Joins two pipes: what one writes the other reads. */
export function pipePair(): [Pipe, Pipe] {
  const a = new MemoryPipe("memory");
  const b = new MemoryPipe("memory");
  a.peer = b;
  b.peer = a;
  return [a, b];
}

/** A transport inside this process. Servers listen at any address text; clients given the same transport dial it. */
export function memoryTransport(): Transport {
  const listeners = new Map<string, (pipe: Pipe) => void>();
  let count = 0;
  return {
    dial(address) {
      const accept = listeners.get(address);
      if (accept === undefined) {
        return Promise.reject(Object.assign(new Error("connection refused"), { code: "ECONNREFUSED" }));
      }
      const [near, far] = pipePair();
      accept(far);
      return Promise.resolve(near);
    },
    listen(asked, accept) {
      count += 1;
      const address =
        asked.path ?? (asked.host === undefined ? `memory:${count}` : `${asked.host}:${asked.port ?? count}`);
      if (listeners.has(address)) {
        return Promise.reject(Object.assign(new Error(`address ${address} in use`), { code: "EADDRINUSE" }));
      }
      listeners.set(address, accept);
      const listener: Listener = {
        address,
        port: asked.port ?? count,
        close() {
          listeners.delete(address);
          return Promise.resolve();
        },
      };
      return Promise.resolve(listener);
    },
  };
}
