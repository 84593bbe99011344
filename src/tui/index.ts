/** The terminal UI: pictures of a diagnosis that may still grow. */
export type { Feed, Live, Snapshot } from "./feed.ts";
export { type Screens, startScreens } from "./start.ts";
