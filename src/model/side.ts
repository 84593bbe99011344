/**
 * Which end of a stream speaks: `client` is the caller's end, `server` the callee's.
 * A service's server side looks upstream (towards its caller), its client side downstream.
 */
export type Side = "client" | "server";
