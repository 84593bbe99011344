/**
 * Programs of test/interop/traced as processes that `streamscope/register` traces.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Peer } from "./kitex.ts";

const root = join(import.meta.dirname, "../..");

/** What is loaded before a program: `streamscope/register` as it is built. */
export const register: string = pathToFileURL(join(root, "dist/tracer/register.js")).href;

/** The program that is traced. */
export const tracedProgram: string = join(root, "test/interop/traced/main.ts");

/** Starts the program with these variables in its environment. */
export function startTraced(name: string, args: readonly string[], env: Readonly<Record<string, string>>): Peer {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  return new Peer(process.execPath, ["--import", register, tracedProgram, ...args, "--name", name], {
    ...inherited,
    ...env,
    OTEL_SERVICE_NAME: name,
  });
}

/** Starts a service and waits until it listens. */
export async function serveTraced(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly peer: Peer; readonly address: string }> {
  const peer = startTraced(name, ["serve", ...args], env);
  const line = await peer.line((each) => each.event === "listen");
  return { peer, address: line.text ?? "" };
}

/** Once so many of its handlers have ended, ends a service as a container's runtime would, and waits until it has exported its spans. */
export async function stopTraced(peer: Peer, handlers = 1): Promise<void> {
  await peer.line(() => peer.lines.filter((line) => line.event === "end").length >= handlers);
  await stopPeer(peer);
}

/** Sends SIGTERM and waits for the end. */
export async function stopPeer(peer: Peer): Promise<void> {
  peer.process.kill("SIGTERM");
  await peer.done;
}
