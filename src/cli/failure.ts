import { formatPlace, printable } from "../model/index.ts";
import type { InputSummary } from "../present/index.ts";

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
  /** What is printed could not be written: EX_IOERR of sysexits.h. */
  output: 74,
} as const;

/** An end of the program that was foreseen: one sentence for people, what to do included, and an exit code. */
export class Failure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number, options: ErrorOptions = {}) {
    super(message, options);
    this.name = "Failure";
    this.exitCode = exitCode;
  }
}

/** A {@link Failure} for a wrong command line. */
export function usageFailure(message: string): Failure {
  return new Failure(message, EXIT.usage);
}

/**
 * True where there is no basis for a report: nothing was read, or a store broke off in the middle. Then whoever is missing is not blamed, and
 * somebody else is.
 */
export function isUnreadable(input: InputSummary): boolean {
  return input.inputs === 0 || brokenOf(input).length > 0;
}

/** True where a signal ended the asking of a store in the middle: of what came last half may be missing. */
export function isStopped({ stores = [] }: InputSummary): boolean {
  return stores.some(({ state }) => state === "stopped");
}

function brokenOf({ stores = [] }: InputSummary): readonly string[] {
  return stores.filter(({ state }) => state === "broken").map(({ name }) => name);
}

/** The failure of a run none of whose inputs could be read, or one of them not wholly, with the reasons. */
export function unreadable(input: InputSummary): Failure {
  // Lines of a failure are printed one by one: the name of a file must not make one more
  const notes = input.diagnostics
    .slice(0, 5)
    .map(({ place, message }) => `  ${printable(formatPlace(place))}: ${printable(message)}`);
  const more = input.diagnosticCount - notes.length;
  if (more > 0) notes.push(`  … and ${more} more`);
  const broken = brokenOf(input);
  const what =
    broken.length > 0
      ? `no report: ${broken.join(", ")} gave a part of the answer only, and half of the lines of a cancel blame the wrong service`
      : "no input could be read; check the names and the permissions";
  return new Failure([what, ...notes].join("\n"), EXIT.noInput);
}
