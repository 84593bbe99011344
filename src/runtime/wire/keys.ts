/** The keys of a frame's two maps that have a meaning here (docs/protocol.md). */

/** Int keys this runtime writes or reads (docs/protocol.md#keys). */
export const INT_KEYS = { fromService: 3, method: 9, timeoutMs: 12, frameType: 27 } as const;

/** String keys with a meaning of their own (docs/protocol.md#keys); the `ss` keys are this runtime's (docs/protocol.md#own-keys). */
export const STRING_KEYS = {
  idlService: "isn",
  cancelPath: "ttscp",
  bizStatus: "biz-status",
  bizMessage: "biz-message",
  bizExtra: "biz-extra",
  /** Capabilities and receive window: a decimal count of bytes. */
  capabilities: "sscap",
  /** Meta frame: so many more bytes may be sent. */
  windowRefill: "sswin",
  /** Meta frame: are you still there? And the answer. */
  ping: "ssping",
  pong: "sspong",
  /** Meta frame: this server is closing, new calls go elsewhere. */
  draining: "ssdrain",
  /** Trailer frame: no handler has heard of the call, and why: `draining`, `busy`, or `streams` and how many there may be. */
  refused: "ssrefused",
  cancelId: "sscid",
  cancelledAt: "ssat",
  cancelKind: "sskind",
  cancelIntent: "ssintent",
  /** Trailer frame with an exception: the service that started what the relay's answer repeats. */
  cancelOrigin: "ssorigin",
  /** Header frame: whose deadline travels: nanoseconds left at its owner, a space, the names the cancel would come through. */
  deadlineOwner: "ssdl",
} as const;

/** Beginnings of string keys that carry metadata: down the whole chain, to the next service, and (an older form, not read) from the one before. */
export const METADATA_PREFIXES = {
  persistent: "RPC_PERSIST_",
  transient: "RPC_TRANSIT_",
  upstream: "RPC_TRANSIT_UPSTREAM_",
} as const;

/** The string key the ACL block is kept under. */
export const ACL_TOKEN_KEY: string = `${METADATA_PREFIXES.transient}gdpr-token`;

/** The string key of the id that all calls of a chain share. */
export const CHAIN_KEY: string = `${METADATA_PREFIXES.persistent}SSCHAIN`;

/** Kitex's keys where a call comes over HTTP (`pkg/remote/transmeta/http_metakey.go`, gopkg's `cloud/metainfo/http.go`). */
export const HTTP_KEYS = {
  /** The caller's name: what a reset is `triggered by`. */
  fromService: "source-service",
  /** {@link CHAIN_KEY}. */
  chain: "rpc-persist-sschain",
} as const;
