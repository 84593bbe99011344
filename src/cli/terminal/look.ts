/**
 * How the screens look, from the options and the environment.
 */
import type { ThemeName } from "../../tui/index.ts";

/** How the screens look; `auto`: the terminal is asked. */
export interface Look {
  readonly theme: ThemeName;
  readonly sixteen: boolean;
  readonly trueColour: boolean;
  readonly ascii: boolean;
}

/** What was asked for on the command line. */
export interface LookOptions {
  readonly theme?: ThemeName;
  readonly ascii?: boolean;
  /** False: NO_COLOR, TERM=dumb and their like speak against colours. */
  readonly colour: boolean;
}

/** Decides about colours and signs. A theme on the command line wins over NO_COLOR. */
export function readLook({ theme, ascii, colour }: LookOptions, env: NodeJS.ProcessEnv, platform: string): Look {
  const { TERM: term = "", COLORTERM: colorterm = "" } = env;
  const trueColour =
    /truecolor|24bit/.test(colorterm) || /direct|kitty|ghostty|alacritty/.test(term) || platform === "win32";
  return {
    theme: theme ?? (colour ? "auto" : "mono"),
    sixteen: !trueColour && !/256/.test(term),
    trueColour,
    ascii: ascii ?? !writesUtf8(env, platform),
  };
}

/** Whether the locale's signs are UTF-8 (POSIX: LC_ALL goes before LC_CTYPE before LANG); Windows terminals always take it. */
function writesUtf8(env: NodeJS.ProcessEnv, platform: string): boolean {
  if (platform === "win32") return true;
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find((value) => value !== undefined && value !== "");
  return locale !== undefined && /utf-?8/i.test(locale);
}
