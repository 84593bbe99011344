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

/** An exporter that cannot reach its collector must not hold the end of the program for long. */
const FLUSH_MS = 5000;

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
  let ending: Promise<void> | null = null;
  const end = (): Promise<void> => {
    ending ??= Promise.race([sdk.shutdown().catch(() => {}), pause(FLUSH_MS)]);
    return ending;
  };
  process.once("beforeExit", end);
  for (const signal of ["SIGTERM", "SIGINT"] as const) endOn(signal, end);
}

/**
 * Where nobody else listens to the signal, it ends the program as it would have, after a flush. Where the application listens, it may
 * need a while to stop, and the spans of that time too: what waits is exported now, the rest when the program ends by itself.
 */
function endOn(signal: "SIGTERM" | "SIGINT", end: () => Promise<void>): void {
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

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
