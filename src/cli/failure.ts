/** What the program's exit code says. */
export const EXIT = {
  done: 0,
  /** A condition of --fail-on holds. */
  failOn: 1,
  /** The command line is wrong. */
  usage: 2,
  /** No input could be read. */
  noInput: 3,
  /** A defect of the program itself. */
  crash: 70,
} as const;

/** An end of the program that was foreseen: one sentence for people, what to do included, and an exit code. */
export class Failure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.name = "Failure";
    this.exitCode = exitCode;
  }
}

/** A {@link Failure} for a wrong command line. */
export function usageFailure(message: string): Failure {
  return new Failure(message, EXIT.usage);
}
