/**
 * What `streamscope/register` does. All of it in one turn, so that the program's first stream is traced: `--require` waits for nothing
 * else. So packages are loaded with `require`, which also finds those that are missing while there is time to say so.
 */
import { createRequire } from "node:module";
import { registeredApi } from "./global-api.ts";

/** The part of NodeSDK that is used. */
interface Sdk {
  start(): void;
  shutdown(): Promise<void>;
}

const require = createRequire(import.meta.url);

const MISSING =
  "streamscope/register needs the packages @opentelemetry/api and @opentelemetry/sdk-node, which are not both installed; the program runs without tracing.\n";

/** An export that gets no answer may hold the end of the program for so long. */
const FLUSH_MS = 3000;

/** Starts tracing and sees to its end. Never throws: a program without tracing is better than none. */
export function start(): void {
  try {
    const sdk = startSdk();
    if (sdk !== null) endWithProgram(sdk);
  } catch (error) {
    const { message } = error as Error;
    process.stderr.write(isMissing(error) ? MISSING : `streamscope/register could not start tracing: ${message}\n`);
  }
}

/** The SDK that was started; null where the program has one already, which is used as it is. */
function startSdk(): Sdk | null {
  const { cancelSampler, samplerFromEnvironment, StreamscopeInstrumentation } =
    require("streamscope/tracer") as typeof import("./index.ts");
  if (registeredApi()?.trace !== undefined) {
    new StreamscopeInstrumentation();
    return null;
  }
  const { NodeSDK } = require("@opentelemetry/sdk-node") as typeof import("@opentelemetry/sdk-node");
  const sdk = new NodeSDK({
    instrumentations: [new StreamscopeInstrumentation()],
    sampler: cancelSampler(samplerFromEnvironment(process.env)),
  });
  sdk.start();
  return sdk;
}

/** True where a package could not be found, as opposed to one that failed while it loaded. */
function isMissing(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const missing = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
  return missing && String(message).includes("@opentelemetry/");
}

function endWithProgram(sdk: Sdk): void {
  let ending: Promise<boolean> | null = null;
  const end = (): Promise<boolean> => {
    ending ??= Promise.race([shutDown(sdk), timeUp(FLUSH_MS)]);
    return ending;
  };
  process.once("beforeExit", () => {
    // Whoever else listens may have work left to do; otherwise only an export that gets no answer is left.
    const alone = process.listenerCount("beforeExit") === 0;
    void end().then((inTime) => {
      if (!inTime && alone) process.exit();
    });
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) endOn(signal, end);
}

/**
 * Where nobody else listens to the signal, it ends the program as it would have, after a flush. Where the application listens, it may
 * need a while to stop, and the spans of that time too: what waits is exported now, the rest when the program ends by itself.
 */
function endOn(signal: "SIGTERM" | "SIGINT", end: () => Promise<boolean>): void {
  const listener = () => {
    if (process.listenerCount(signal) > 1) {
      void flush();
      return;
    }
    void end().then(() => {
      process.off(signal, listener);
      process.kill(process.pid, signal);
    });
  };
  process.on(signal, listener);
}

async function flush(): Promise<void> {
  const { trace } = require("@opentelemetry/api") as typeof import("@opentelemetry/api");
  const proxy = trace.getTracerProvider() as { getDelegate?: () => unknown };
  const provider = proxy.getDelegate?.() as { forceFlush?: () => Promise<void> } | undefined;
  await provider?.forceFlush?.().catch(() => {});
}

async function shutDown(sdk: Sdk): Promise<true> {
  await sdk.shutdown().catch(() => {});
  return true;
}

/** False, after a while. */
function timeUp(ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), ms).unref();
  });
}
