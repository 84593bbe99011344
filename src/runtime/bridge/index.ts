/**
 * What the rooms of other protocols need of the runtime, so that their calls share its scopes, its rule of origins and its seams. No
 * entry point of the package: users find what they need in `../index.ts`.
 */
export { outsideCalls } from "../async-context.ts";
export { captureCallSite } from "../cancel/call-site.ts";
export {
  type DeadlineOwner,
  deadlineException,
  deadlineNanos,
  deadlinePassed,
  readOwner,
  writeOwner,
} from "../cancel/deadline.ts";
export { Ghosts } from "../cancel/ghosts.ts";
export { handlerReturned } from "../cancel/handler-return.ts";
export { nextId } from "../cancel/ids.ts";
export { type CancelDecision, decideBelow, decideCancel, pathOnWire, relayOf } from "../cancel/origin.ts";
export { ownCancel } from "../cancel/own-cancel.ts";
export { cancelFromAbove, passedOn } from "../cancel/passing-on.ts";
export { receivedCancel } from "../cancel/received-cancel.ts";
export { currentScope, runInScope, Scope, type ScopeChild, type ScopeOwner } from "../cancel/scope.ts";
export { type Abort, onAbort } from "../cancel/signal-listeners.ts";
export { cancelEvent } from "../cancel/wire-keys.ts";
export { checkMillis, checkOptions } from "../checks.ts";
export { systemClock } from "../clock.ts";
export { cutReason, type OwnReason, readReason, reasonText, sentenceOf } from "../errors/reason.ts";
export { readable, toError } from "../errors/thrown-value.ts";
export {
  type CallMetadata,
  chainIn,
  checkName,
  cleanName,
  DEFAULT_NAME,
  readMetadata,
  writeMetadata,
} from "../metadata.ts";
export { RequestSource } from "../request-source.ts";
export { logLines } from "../seams/channels.ts";
export {
  nobodyWatchesCancels,
  nobodyWatchesEnds,
  noteCancel,
  noteClientOpen,
  noteEnd,
  noteGhost,
  noteRunning,
  runResumed,
  runServerOpen,
} from "../seams/stream-hooks.ts";
export { CHAIN_KEY, cutText, fitPath, HTTP_KEYS, METADATA_PREFIXES } from "../wire/index.ts";
