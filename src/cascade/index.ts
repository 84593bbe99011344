/** Evidence to trees and verdicts: pure, incremental, bounded. */

export { WARNING_RULES, warnAbout } from "./judge/warnings.ts";
export { type CascadeStore, type CascadeStoreOptions, createCascadeStore } from "./live/store.ts";
