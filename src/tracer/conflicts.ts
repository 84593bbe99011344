/**
 * Two of what a process should have once: instrumentations, which make every span twice, and copies of @opentelemetry/api that do not
 * know of each other, which cut traces apart. OpenTelemetry is silent about both, so each is told once, as a warning of the process.
 */
import { trace } from "@opentelemetry/api";
import { registeredApi } from "./global-api.ts";

/** How many instrumentations are enabled, over all copies of this package. */
const ENABLED = Symbol.for("streamscope.tracer.enabled");
const shared = globalThis as { [ENABLED]?: number };

/** An instrumentation was enabled; what is returned takes that back. Warns where another one is. */
export function noteEnabled(): () => void {
  const enabled = (shared[ENABLED] ?? 0) + 1;
  shared[ENABLED] = enabled;
  if (enabled > 1) {
    process.emitWarning(
      `${enabled} instrumentations of streamscope are enabled, so every stream has its spans ${enabled === 2 ? "twice" : `${enabled} times`}: leave out streamscope/register, or the StreamscopeInstrumentation of the program.`,
      { code: "STREAMSCOPE_TWICE" },
    );
  }
  return () => {
    shared[ENABLED] = Math.max(0, (shared[ENABLED] ?? 0) - 1);
  };
}

/** Warns where the provider that is registered is hidden from the copy of the API that this package has got. */
export function noteOtherApi(): void {
  const registered = registeredApi();
  if (registered?.trace === undefined || registered.trace === trace.getTracerProvider()) return;
  process.emitWarning(
    `two copies of @opentelemetry/api are loaded: tracing was started with version ${registered.version}, and streamscope has got another one that cannot see it, so spans are lost or have no parent; install one version (npm ls @opentelemetry/api).`,
    { code: "STREAMSCOPE_OTHER_API" },
  );
}
