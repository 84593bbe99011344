/**
 * What `streamscope/register` does.
 */

/** The part of NodeSDK that is used. */
interface Sdk {
  start(): void;
  shutdown(): Promise<void>;
}

const MISSING =
  "streamscope/register needs the packages @opentelemetry/api, @opentelemetry/instrumentation and @opentelemetry/sdk-node, which are not all installed; the program runs without tracing.\n";

/** An export that gets no answer may hold the end of the program for so long. */
const FLUSH_MS = 3000;

async function makeSdk(): Promise<Sdk> {
  const [{ NodeSDK }, { StreamscopeInstrumentation }, { cancelSampler }, { samplerFromEnvironment }] =
    await Promise.all([
      import("@opentelemetry/sdk-node"),
      import("./instrumentation.ts"),
      import("./sampler.ts"),
      import("./env-sampler.ts"),
    ]);
  return new NodeSDK({
    instrumentations: [new StreamscopeInstrumentation()],
    sampler: cancelSampler(samplerFromEnvironment(process.env)),
  });
}

/** True where a package could not be found, as opposed to one that failed while it loaded. */
function isMissing(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return code === "ERR_MODULE_NOT_FOUND" && String(message).includes("@opentelemetry/");
}

/** Starts the SDK and sees to its end. Never throws: a program without tracing is better than none. */
export async function start(): Promise<void> {
  let sdk: Sdk;
  try {
    sdk = await makeSdk();
    sdk.start();
  } catch (error) {
    const sentence = isMissing(error) ? MISSING : `streamscope/register could not start tracing: ${String(error)}\n`;
    process.stderr.write(sentence);
    return;
  }
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
  const { trace } = await import("@opentelemetry/api");
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
