import { type Listener, memoryTransport, type Pipe, type PipeEvents, type Transport } from "../../src/runtime/index.ts";

/**
 * A memory transport whose links can be frozen: then nothing goes through in either direction, not even a close, and nobody is told. What
 * was written meanwhile arrives when the link thaws.
 */
export class FrozenLinks implements Transport {
  readonly #inner = memoryTransport();
  readonly #frozen = new Set<string>();
  readonly #held = new Map<string, (() => void)[]>();

  async dial(address: string, timeoutMs: number): Promise<Pipe> {
    return this.#guard(await this.#inner.dial(address, timeoutMs), address);
  }

  listen(address: { readonly path?: string }, accept: (pipe: Pipe) => void): Promise<Listener> {
    return this.#inner.listen(address, (pipe) => accept(this.#guard(pipe, address.path ?? "")));
  }

  /** Nothing goes to or comes from whoever listens there any more. */
  freeze(address: string): void {
    this.#frozen.add(address);
  }

  /** It does again. */
  thaw(address: string): void {
    this.#frozen.delete(address);
    for (const late of this.#held.get(address) ?? []) late();
    this.#held.delete(address);
  }

  #later(address: string, work: () => void): void {
    const held = this.#held.get(address) ?? [];
    held.push(work);
    this.#held.set(address, held);
  }

  #guard(pipe: Pipe, address: string): Pipe {
    let events: PipeEvents | null = null;
    let gone = false;
    const lose = (error: Error | null) => {
      if (gone) return;
      gone = true;
      events?.gone(error);
    };
    const close = (how: "end" | "destroy") => {
      if (!this.#frozen.has(address)) {
        pipe[how]();
        return;
      }
      setImmediate(() => lose(null));
      this.#later(address, () => pipe[how]());
    };
    return {
      remote: pipe.remote,
      start(given) {
        events = given;
        pipe.start({ data: (chunk) => gone || events?.data(chunk), gone: lose });
      },
      write: (parts, done) => {
        if (this.#frozen.has(address)) this.#later(address, () => pipe.write(parts, done));
        else pipe.write(parts, done);
      },
      pause: () => pipe.pause(),
      resume: () => pipe.resume(),
      hold: (alive) => pipe.hold(alive),
      end: () => close("end"),
      destroy: () => close("destroy"),
    };
  }
}
