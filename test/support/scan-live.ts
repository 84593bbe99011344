/** `scan --listen --forward` as a process. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { bin, root } from "../cli/program.ts";

/** A scan that is listening. Disposing kills it. */
export interface LiveScan<Report> extends Disposable {
  /** Where it takes OTLP/HTTP. */
  readonly address: string;
  /** Interrupts it; its report in JSON. Fails where it does not end well. */
  end(): Promise<Report>;
}

/** Starts it; resolves when it listens. */
export async function scanLive<Report>(forward: string): Promise<LiveScan<Report>> {
  const args = ["scan", "--json", "--listen", "127.0.0.1:0,0", "--forward", forward];
  const child = spawn(process.execPath, [bin, ...args], { cwd: root });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  const address = await new Promise<string>((listening) => {
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      const [, found] = /listening for OTLP at (\S+)/.exec(chunk) ?? [];
      if (found !== undefined) listening(found);
    });
  });
  return {
    address,
    async end() {
      child.kill("SIGINT");
      const [code, signal] = (await once(child, "close")) as [number | null, string | null];
      if (code !== 0) throw new Error(`the scan ended with ${code ?? signal}`);
      return JSON.parse(stdout) as Report;
    },
    [Symbol.dispose]() {
      child.kill("SIGKILL");
    },
  };
}
