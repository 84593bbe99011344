/** The requests of a call, as its user gives them: any iterable. It is closed once, whoever is done first: the requests or the call. */
export class RequestSource<Request> {
  readonly #iterator: AsyncIterator<Request> | Iterator<Request>;
  #closed = false;

  /** Throws what the iterable throws. */
  constructor(requests: AsyncIterable<Request> | Iterable<Request>) {
    this.#iterator = Symbol.asyncIterator in requests ? requests[Symbol.asyncIterator]() : requests[Symbol.iterator]();
  }

  /** The next request; none once it is closed. Fails with what the iterable throws. */
  async next(): Promise<IteratorResult<Request>> {
    if (this.#closed) return { done: true, value: undefined };
    const step = await this.#iterator.next();
    if (step.done === true) this.#closed = true;
    else if (isPromise(step.value)) return { done: false, value: await step.value };
    return step;
  }

  /** Nobody wants more. What closing throws concerns nobody either. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      Promise.resolve(this.#iterator.return?.()).catch(() => {});
    } catch {
      // As above.
    }
  }
}

function isPromise(value: unknown): value is Promise<never> {
  return value instanceof Promise;
}
