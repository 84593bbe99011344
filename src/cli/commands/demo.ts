import { relative } from "node:path";
import { type ListenScope, Reading } from "../../pipeline/index.ts";
import { printable } from "../../present/index.ts";
import { EXIT, Failure } from "../failure.ts";
import { ownFolder } from "../inside.ts";
import { readReceiver } from "../options/address.ts";
import { readScope } from "../options/scope.ts";
import { readLook } from "../terminal/look.ts";
import type { Output } from "../terminal/output.ts";
import { runScan } from "./scan.ts";

/** The options of `demo`. */
export interface DemoOptions {
  readonly text?: boolean;
  readonly recorded?: boolean;
  readonly export?: string;
}

const STORY = `A recorded chain of real Kitex services, gateway -> chat -> agent -> model, which ended three times:
somebody cancelled, a timeout ran out, a process was killed. All services logged errors that look
alike. This is what streamscope makes of their logs:
`;

/** How long the program waits for what is still open after the person has left. */
const LEAVE_MS = 200;

/**
 * Runs five services that cancel, and shows live what streamscope makes of their spans: in the screens on a terminal, else as a report
 * after some seconds. Where they cannot be started, and with --recorded, it diagnoses recordings. Returns the exit code.
 *
 * @throws Failure for wrong options, and where the recordings are not there
 */
export async function runDemo(options: DemoOptions, stdout: Output, stderr: Output): Promise<number> {
  const screens = process.stdout.isTTY && process.stdin.isTTY && options.text !== true;
  const listen = listenFor(options.export);
  if (options.recorded === true) return await runRecorded(screens, stdout, stderr);
  const { NotStarted, startLiveDemo } = await import("../../demo/index.ts");
  const reading = new Reading(readScope({ inputs: [], nowMs: Date.now(), listen }));
  const demo = await startLiveDemo(reading).catch((error: unknown) => {
    if (!(error instanceof NotStarted)) throw error;
    stderr.write(`streamscope: the live demo did not start: ${printable(error.message)}; this is the recorded one\n`);
    return null;
  });
  if (demo === null) return await runRecorded(screens, stdout, stderr);
  const { reportLiveDemo, showLiveDemo } = await import("./live-demo.ts");
  if (!screens) {
    await reportLiveDemo(demo, stdout, stderr);
    return EXIT.done;
  }
  try {
    await showLiveDemo(demo, stdout);
  } finally {
    setTimeout(() => process.exit(), LEAVE_MS).unref();
  }
  return EXIT.done;
}

/** Any free ports: the demo must not meet a Collector, nor spans of other services. */
function listenFor(target: string | undefined): ListenScope {
  const forward = target === undefined ? null : readReceiver(target, "--export");
  const any = { host: "127.0.0.1", httpPort: 0, grpcPort: 0 };
  return { ...any, token: null, cors: null, hostNames: [], forward, redact: null, forMs: null };
}

/** Diagnoses the recordings that the package ships. */
async function runRecorded(screens: boolean, stdout: Output, stderr: Output): Promise<number> {
  const absolute = ownFolder("examples/recordings");
  if (absolute === null)
    throw new Failure("the recordings of the demo are not there; install the package again", EXIT.noInput);
  // Short names of files leave room for what they say.
  const near = relative(process.cwd(), absolute);
  const folder = near.startsWith("..") ? absolute : near;
  if (screens) {
    const { showScope } = await import("./tui.ts");
    const scope = readScope({ inputs: [folder], nowMs: Date.now() });
    return await showScope(
      scope,
      "demo: gateway -> chat -> agent -> model",
      readLook({ colour: stdout.colour }, process.env, process.platform),
    );
  }
  stdout.write(`${STORY}\n`);
  return await runScan([folder], {}, stdout, stderr);
}
