/** The door of the receiver. Servers and their modules are loaded only where somebody wants to listen. */
import type { Receiver, ReceiverOptions } from "./receiver.ts";

/**
 * Starts to listen.
 *
 * @throws ListenError where a port cannot be opened; then none is open
 */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const { openReceiver } = await import("./open-receiver.ts");
  return await openReceiver(options);
}
