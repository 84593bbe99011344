/** Starts an SDK with the instrumentation, as an application's own start file does, and ends it with the program. */
import { NodeSDK } from "@opentelemetry/sdk-node";
import { StreamscopeInstrumentation } from "streamscope/tracer";

const sdk = new NodeSDK({ instrumentations: [new StreamscopeInstrumentation()] });
sdk.start();
process.once("beforeExit", () => void sdk.shutdown());
