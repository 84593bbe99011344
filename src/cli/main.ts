/**
 * The program: argv to command to exit code.
 *
 * What a call does not need is not loaded: `--version` reads one small file, everything else comes by import().
 */
import { EXIT, Failure } from "./failure.ts";
import { openOutput } from "./terminal/output.ts";
import { readVersion } from "./version.ts";

/** Runs the program. Sets the exit code of the process; never throws. */
export async function main(args: readonly string[]): Promise<void> {
  if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
    openOutput(process.stdout, process.env).write(`${readVersion()}\n`);
    return;
  }
  try {
    const { runProgram } = await import("./program.ts");
    process.exitCode = await runProgram(args);
  } catch (error) {
    process.exitCode = await tell(error);
  }
}

async function tell(error: unknown): Promise<number> {
  const { printable } = await import("../present/index.ts");
  process.stderr.on("error", () => undefined);
  if (error instanceof Failure) {
    process.stderr.write(`streamscope: ${error.message.split("\n").map(printable).join("\n")}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `streamscope: this is a defect of streamscope; please report it with these lines:\n${text.split("\n").map(printable).join("\n")}\n`,
  );
  return EXIT.crash;
}
