/**
 * A peer for tests between processes, on this repository's runtime: the same flags, request words and JSON lines as kitexpeer's `serve` and
 * `call`, so that it can take its place in any chain.
 */
import { call } from "./call.ts";
import { type Command, UsageError } from "./flags.ts";
import { endWithNpm } from "./orphan.ts";
import { serve } from "./serve.ts";

const USAGE = "usage: peer serve|call [flags]; -h after a command lists its flags\n";

const commands: Readonly<Record<string, Command>> = { serve, call };

async function main(argv: readonly string[]): Promise<number> {
  const [word = "", ...rest] = argv;
  const command = commands[word];
  if (command === undefined) {
    const asked = word === "-h" || word === "--help";
    (asked ? process.stdout : process.stderr).write(USAGE);
    return asked ? 0 : 2;
  }
  if (!(await command.run(rest))) process.stdout.write(`Usage of ${word}:\n${command.usage}`);
  return 0;
}

endWithNpm();

// Whoever reads the log may leave before the peer does.
process.stdout.on("error", () => process.exit(0));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`peer: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
// Connections that are idle must not keep a finished command waiting.
process.exit();
