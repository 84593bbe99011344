/**
 * `npm run` stands between this process and whoever started it. Killing npm is meant to kill the peer: a service of a chain must not live
 * on, with its port, behind the back of a test.
 */

const LOOK_EVERY_MS = 50;

/** Ends this process as a kill would when the npm that started it is gone. Started otherwise, it does nothing. */
export function endWithNpm(): void {
  if (process.env["npm_lifecycle_event"] !== "peer") return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
  }, LOOK_EVERY_MS).unref();
}
