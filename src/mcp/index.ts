/** The diagnosis as tools of a model, by the Model Context Protocol. */
export { Refusal } from "./refusal.ts";
export { filesBelow } from "./roots.ts";
export { type DiagnoseQuestion, type HistoryQuestion, serve, type Toolbox } from "./server.ts";
