/** Starts an SDK as an application's own start file does, and ends it with the program. */
import { NodeSDK } from "@opentelemetry/sdk-node";

const sdk = new NodeSDK({ serviceName: "own-sdk" });
sdk.start();
process.once("beforeExit", () => void sdk.shutdown());
