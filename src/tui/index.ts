/** The terminal UI: pictures of a diagnosis that may still grow. */
export { askBackground } from "./ask-background.ts";
export { readColorFgBg } from "./background.ts";
export type { Feed, InputRow, Live, Progress, Snapshot } from "./feed.ts";
export { type AskPast, type Past, type PastPage, pageOf, serviceSubject, starterSubject, type Trend } from "./past.ts";
export { type Screens, startScreens } from "./start.ts";
export type { ThemeName, ThemeOptions } from "./theme.ts";
