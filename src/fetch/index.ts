/**
 * Calls out of the chain by HTTP: fetch in the runtime's scopes, so that a cancel reaches a backend that speaks no RPC, and shows as the
 * last hop.
 */
import "../needs-node.ts";

export { type ScopedFetchOptions, scopedFetch } from "./scoped-fetch.ts";
