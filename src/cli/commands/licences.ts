import { EXIT, Failure } from "../failure.ts";
import { ownText } from "../inside.ts";
import type { Output } from "../terminal/output.ts";

/** The licence of the program, of the packages in it, and of the Node.js that the executable holds. */
const FILES = ["LICENSE", "THIRD-PARTY-NOTICES.md", "NODE-LICENSE"] as const;

/**
 * Prints the licences of all that the program is made of. Returns the exit code.
 *
 * @throws Failure where they are not there
 */
export function runLicences(stdout: Output): number {
  const texts = FILES.map(ownText).filter((text) => text !== null);
  if (texts.length === 0) throw new Failure("the licences are not there; install the package again", EXIT.noInput);
  stdout.write(`${texts.map((text) => text.trim()).join(`\n\n${"=".repeat(80)}\n\n`)}\n`);
  return EXIT.done;
}
