/** Evidence to trees and verdicts: pure, incremental, bounded. */
export { type CascadeStore, createCascadeStore } from "./store.ts";
