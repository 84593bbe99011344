/** The seams: what observers may watch and what hooks may take part in. */
export type { CallEnd, CallInfo, CancelEvent, ConnectionEvent, GhostEvent, HttpFacts } from "./call-info.ts";
export { CHANNELS, type ChannelMessages, type LogLine, type MistypedField } from "./channels.ts";
export { runtimeLoad, type SideLoad } from "./load.ts";
export { mistypedFields } from "./mistyped-fields.ts";
export { addInstrument, instrumentFailures, type StreamHooks } from "./stream-hooks.ts";
