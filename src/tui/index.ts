/** The terminal UI: pictures of a diagnosis that may still grow. */
export type { Feed, Live, Progress, Snapshot } from "./feed.ts";
export { keysDocument } from "./keys.ts";
export { type Screens, type ScreensOptions, startScreens } from "./start.ts";
