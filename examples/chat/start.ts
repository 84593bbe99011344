/** Starts the backend, the model, the agent and the gateway, each traced: `node examples/chat/start.ts`, then http://127.0.0.1:7001 */
import { spawn } from "node:child_process";
import { join } from "node:path";

for (const name of ["backend", "model", "agent", "gateway"]) {
  const child = spawn(process.execPath, ["--import", "streamscope/register", join(import.meta.dirname, `${name}.ts`)], {
    env: { ...process.env, OTEL_SERVICE_NAME: name, OTEL_METRICS_EXPORTER: "none", OTEL_BSP_SCHEDULE_DELAY: "500" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  child.stdout.on("data", (lines: Buffer) => process.stdout.write(`${name.padEnd(8)} ${lines}`));
}
console.log("chat at http://127.0.0.1:7001");
