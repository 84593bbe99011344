import { existsSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { EXIT, Failure } from "../failure.ts";
import type { Outlet } from "../outlet.ts";
import { runScan } from "./scan.ts";

/** The options of `demo`. */
export interface DemoOptions {
  readonly text?: boolean;
}

const STORY = `A recorded chain of real Kitex services, gateway -> chat -> agent -> model, which ended three times:
somebody cancelled, a timeout ran out, a process was killed. All services logged errors that look
alike. This is what streamscope makes of their logs:
`;

/**
 * Diagnoses the recordings that the package ships: in the screens on a terminal, else as a report. Returns the exit code.
 *
 * @throws Failure where the recordings are not there
 */
export async function runDemo(options: DemoOptions, stdout: Outlet, stderr: Outlet): Promise<number> {
  const absolute = fileURLToPath(new URL("../../examples/recordings", import.meta.url));
  if (!existsSync(absolute)) {
    throw new Failure(`the recordings of the demo are not there: ${absolute}; install the package again`, EXIT.noInput);
  }
  // Short names of files leave room for what they say.
  const near = relative(process.cwd(), absolute);
  const folder = near.startsWith("..") ? absolute : near;
  if (process.stdout.isTTY && process.stdin.isTTY && options.text !== true) {
    const [{ showScope }, { readScope }] = await Promise.all([import("./tui.ts"), import("../scope.ts")]);
    const scope = readScope([folder], {}, Date.now());
    return await showScope(scope, "demo: gateway -> chat -> agent -> model", stdout.colour, false);
  }
  stdout.write(`${STORY}\n`);
  return await runScan([folder], {}, stdout, stderr);
}
