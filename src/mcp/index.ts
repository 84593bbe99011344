/** The diagnosis as tools of a model, by the Model Context Protocol. */
export { filesBelow, PathError } from "./roots.ts";
export { type DiagnoseQuestion, type HistoryQuestion, Refusal, serve, type Toolbox } from "./server.ts";
