/**
 * `node --import streamscope/register app.js`, or `--require`: starts OpenTelemetry's NodeSDK with this package's instrumentation.
 * Exporters, sampler, resource and propagators come from the standard OTEL_* variables (OTLP over HTTP to localhost:4318 by default);
 * cancels are kept whatever the sampler drops. Beside an SDK that is already started it only adds the instrumentation to that.
 *
 * What waits is exported when the program ends by itself and on SIGTERM and SIGINT; whether those end the program stays the
 * application's decision.
 */
import { start } from "./start.ts";

start();
