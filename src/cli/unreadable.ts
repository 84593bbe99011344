import { formatPlace } from "../model/index.ts";
import type { InputSummary } from "../present/index.ts";
import { EXIT, Failure } from "./failure.ts";

/** The failure of a run none of whose inputs could be read, with the reasons. */
export function unreadable(input: InputSummary): Failure {
  const notes = input.diagnostics.slice(0, 5).map(({ place, message }) => `  ${formatPlace(place)}: ${message}`);
  const more = input.diagnosticCount - notes.length;
  if (more > 0) notes.push(`  … and ${more} more`);
  return new Failure(
    ["no input could be read; check the names and the permissions", ...notes].join("\n"),
    EXIT.noInput,
  );
}
