/** Five services that stream and cancel, and their users: something to look at for who has no services at hand. */
export { CHAT_TIMEOUT_MS } from "./handlers.ts";
export { type LiveDemo, NotStarted, playOn, playOnce, startLiveDemo } from "./live.ts";
export { SERVICES } from "./messages.ts";
