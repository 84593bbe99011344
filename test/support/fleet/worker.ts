/** `scan --listen --format jsonl` as one of several receivers behind a Collector. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { bin, root } from "../../cli/program.ts";
import { freePort } from "../kitex.ts";
import type { ReportedCascade } from "./reports.ts";

type Line = ReportedCascade & { readonly type: "cascade" | "withdrawn" | "summary" };

/** A running receiver. */
export interface Worker extends AsyncDisposable {
  /** How many spans have come. */
  spans(): Promise<number>;
  /** Ends it with SIGTERM; the cascades that it told, each as it was told last. */
  end(): Promise<readonly ReportedCascade[]>;
}

/** Starts one that takes OTLP/gRPC at this port. Disposing kills it, as a crash would. */
export async function startWorker(grpcPort: number): Promise<Worker> {
  const httpPort = await freePort();
  const listen = `127.0.0.1:${httpPort},${grpcPort}`;
  const child = spawn(process.execPath, [bin, "scan", "--listen", listen, "--format", "jsonl"], { cwd: root });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  const gone = once(child, "close");
  await new Promise<void>((listening) => {
    child.stderr.on("data", (text: Buffer) => {
      if (text.includes("listening for OTLP")) listening();
    });
  });
  return {
    async spans() {
      const text = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text();
      return Number(/^streamscope_receiver_spans_total (\d+)$/m.exec(text)?.[1]);
    },
    async end() {
      child.kill("SIGTERM");
      await gone;
      const cascades = new Map<string, ReportedCascade>();
      for (const line of stdout.split("\n").slice(0, -1)) {
        const told = JSON.parse(line) as Line;
        if (told.type === "cascade") cascades.set(told.id, told);
        else if (told.type === "withdrawn") cascades.delete(told.id);
      }
      return [...cascades.values()];
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await gone;
    },
  };
}
