/** Several sources of messages as one. */

/** Where messages come from. */
export interface Source<Message> {
  next(): Promise<IteratorResult<Message, undefined>>;
}

/**
 * The messages of all sources as they come; each source is asked for the next one only when its last was taken. The first failure ends it:
 * at once, or with `wait` when every source has ended. `failed` is told of every failure.
 */
export function merge<Message>(
  sources: readonly Source<Message>[],
  wait: boolean,
  failed: (error: unknown) => void,
): Source<Message> {
  const ready: { readonly message: Message; readonly taken: () => void }[] = [];
  let running = sources.length;
  let failure: { readonly error: unknown } | null = null;
  let wake = () => {};

  const pump = async (source: Source<Message>): Promise<void> => {
    try {
      for (let step = await source.next(); step.done !== true; step = await source.next()) {
        const message = step.value;
        await new Promise<void>((taken) => {
          ready.push({ message, taken });
          wake();
        });
      }
    } catch (error) {
      failure ??= { error };
      failed(error);
    }
    running -= 1;
    wake();
  };
  for (const source of sources) void pump(source);

  return {
    async next() {
      for (;;) {
        if (failure !== null && (!wait || running === 0)) throw failure.error;
        const first = ready.shift();
        if (first !== undefined) {
          first.taken();
          return { value: first.message, done: false };
        }
        if (running === 0) return { value: undefined, done: true };
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
