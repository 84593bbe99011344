import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { generate, IdlError, resolveProgram } from "../../thriftgen/index.ts";
import { EXIT, Failure, usageFailure } from "../failure.ts";
import type { Output } from "../terminal/output.ts";

/** Options of the command. */
export interface ThriftOptions {
  /** The file to write; standard output without one. */
  readonly out?: string;
}

/**
 * Turns an IDL file into a TypeScript module. Returns the exit code.
 *
 * @throws Failure for a file that cannot be read or written, and for an IDL that is wrong
 */
export function runThrift(file: string, options: ThriftOptions, stdout: Output, stderr: Output): number {
  if (options.out !== undefined && /\.[cm]?jsx?$/i.test(options.out)) {
    const name = options.out.replace(/\.([cm]?)jsx?$/i, ".$1ts");
    throw usageFailure(
      `--out ${options.out}: the module is TypeScript; name it ${name}, and let your build turn it into JavaScript`,
    );
  }
  if (!isFile(file)) throw new Failure(`${file} cannot be read`, EXIT.noInput);
  let text: string;
  try {
    const program = resolveProgram(file, (path) => (isFile(path) ? readFileSync(path, "utf8") : null));
    for (const note of program.notes) stderr.write(`streamscope: ${note}\n`);
    text = generate(program, basename(file));
  } catch (error) {
    if (error instanceof IdlError) throw usageFailure(error.message);
    throw error;
  }
  if (options.out === undefined) {
    stdout.write(text);
    return EXIT.done;
  }
  try {
    // A file that is as it should be keeps its time, so that nothing is built again for it.
    if (!existsSync(options.out) || readFileSync(options.out, "utf8") !== text) writeFileSync(options.out, text);
  } catch (error) {
    throw usageFailure(`${options.out} cannot be written: ${(error as Error).message}`);
  }
  return EXIT.done;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
