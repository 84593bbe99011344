/** Evidence to trees and verdicts: pure, incremental, bounded. */

export { WARNING_RULES } from "./judge/warnings.ts";
export { type CascadeStore, type CascadeStoreOptions, createCascadeStore } from "./live/store.ts";
