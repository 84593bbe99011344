/** The program: argv to command. */
export async function main(args: readonly string[]): Promise<void> {
  if (args[0] === "--version") process.stdout.write("0.1.0\n");
}
