/**
 * Putting the screens on a terminal and taking them away again.
 *
 * The one rule: whatever happens, the terminal gets its own picture, its cursor and its cooked mode back. Ink does it on unmount and on
 * signals; this file makes sure that a crash anywhere in the program ends in an unmount, too.
 */
import { render } from "ink";
import { createElement } from "react";
import { App } from "./app.tsx";
import type { Feed } from "./feed.ts";
import { createTheme } from "./theme.ts";

/** Where and how to show the screens. */
export interface ScreensOptions {
  readonly stdout: NodeJS.WriteStream;
  /** Where the keys come from: standard input, or the terminal itself where standard input is data. */
  readonly keys: NodeJS.ReadStream;
  readonly colour: boolean;
  readonly ascii: boolean;
}

/** Screens that are up. */
export interface Screens {
  /** Resolves once the person has left; rejects with the error of a crash, the terminal already restored. */
  readonly closed: Promise<void>;
  /** Takes the screens away; with an error, `closed` rejects with it. */
  readonly close: (error?: Error) => void;
  /** Resolves once what is to be seen has been written. */
  readonly painted: () => Promise<void>;
}

/** Puts the screens up. Needs a terminal: `stdout.isTTY` and `keys.isTTY`. */
export function startScreens(feed: Feed, options: ScreensOptions): Screens {
  const theme = createTheme({ colour: options.colour, ascii: options.ascii });
  const instance = render(createElement(App, { feed, theme }), {
    stdout: options.stdout,
    stdin: options.keys,
    alternateScreen: true,
    // Ctrl-C is a key like any other, so that leaving has one way.
    exitOnCtrlC: false,
    interactive: true,
    maxFps: 60,
    incrementalRendering: true,
    // Nothing in the program writes to the console, and replacing it costs a part of the start.
    patchConsole: false,
  });
  const crash = (error: unknown): void => {
    instance.unmount(error instanceof Error ? error : new Error(String(error)));
  };
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  const closed = instance.waitUntilExit().then(
    () => undefined,
    (error: unknown) => {
      throw error;
    },
  );
  const release = (): void => {
    process.off("uncaughtException", crash);
    process.off("unhandledRejection", crash);
  };
  closed.then(release, release);
  return {
    closed,
    close: (error) => {
      instance.unmount(error);
    },
    painted: () => instance.waitUntilRenderFlush(),
  };
}
