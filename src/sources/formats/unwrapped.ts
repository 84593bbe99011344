/** What is left of a physical line when its wrapper is taken off. */

/** One physical line without its wrapper. */
export interface Unwrapped {
  /** The application's own line. */
  readonly text: string;
  /** The wrapper's time, as text. */
  readonly time: string | null;
  /** What else the wrapper says: stream, pod, host, program. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** True where the application's line goes on in the next physical line. */
  readonly partial: boolean;
  /** Where {@link partial}, the length of what is shorter than runtimes cut lines: it is whole unless what follows looks like its rest. */
  readonly short?: number;
}
