/** Evidence to trees and verdicts: pure, incremental, bounded. */
export { type CascadeStore, type CascadeStoreOptions, createCascadeStore } from "./store.ts";
export { WARNING_RULES } from "./warnings.ts";
