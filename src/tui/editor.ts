/** A person's editor at a place. */
import type { Place } from "../model/index.ts";

/** A program and its arguments. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** Editors that write the line behind the file. */
const WITH_COLON = /^(?:code|code-insiders|codium|cursor|windsurf|zed|subl|hx|helix)$/;

/** The command that opens `$VISUAL`, `$EDITOR` or vi at a place in a file; null for a place in no file. */
export function editorCommand(place: Place, env: NodeJS.ProcessEnv): Command | null {
  if (!("source" in place)) return null;
  const [program = "vi", ...given] = (env["VISUAL"] || env["EDITOR"] || "vi").split(/\s+/).filter(Boolean);
  const { source, line } = place;
  const name = program.split(/[\\/]/).at(-1) ?? program;
  if (line === undefined) return { program, args: [...given, source] };
  if (!WITH_COLON.test(name)) return { program, args: [...given, `+${line}`, source] };
  const goto = /^(?:code|code-insiders|codium|cursor|windsurf)$/.test(name) ? ["--goto"] : [];
  return { program, args: [...given, ...goto, `${source}:${line}`] };
}
