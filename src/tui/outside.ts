/**
 * What the screens do outside themselves: the clipboard, files, the editor, the shell. Each returns a sentence about what was done.
 */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Cascade, formatPlace } from "../model/index.ts";
import { likenessOf, plural, type Redaction, redactText, shownName } from "../present/index.ts";
import { clipboardBytes } from "./clipboard.ts";
import { editorCommand } from "./editor.ts";
import type { Feed, Snapshot } from "./feed.ts";
import type { Screen } from "./scenes/scene.ts";
import { findCascade } from "./state/rows.ts";
import type { Wish } from "./state/ui-state.ts";
import { ENDINGS, exportText, findingsFor, selectedText } from "./take-away.ts";

/** What is needed to do things outside. */
export interface OutsideOptions {
  readonly feed: Feed;
  readonly stdout: NodeJS.WriteStream;
  readonly redaction: Redaction;
  readonly env: NodeJS.ProcessEnv;
  /** Gives the terminal away while something else runs. */
  readonly suspend: (during: () => void) => Promise<void>;
}

/** What came of it. */
export interface Done {
  readonly notice: string | null;
  /** True where all that is known was written to a file. */
  readonly saved: boolean;
}

/** Does what is wished, seen from a screen. Never throws: what failed is told. */
export async function perform(wish: Wish, screen: Screen, snapshot: Snapshot, options: OutsideOptions): Promise<Done> {
  try {
    return await done(wish, screen, snapshot, options);
  } catch (error) {
    return { notice: error instanceof Error ? error.message : String(error), saved: false };
  }
}

async function done(wish: Wish, screen: Screen, snapshot: Snapshot, options: OutsideOptions): Promise<Done> {
  const told = (notice: string | null): Done => ({ notice, saved: false });
  const { redaction } = options;
  switch (wish.do) {
    case "copy": {
      const whole = wish.what === "cancel";
      if (whole && screen.cascade === null) return told("no cancel is selected");
      const text = whole
        ? await exportText("text", findingsFor(screen, snapshot, redaction, true))
        : redactText(selectedText(screen), redaction);
      if (text === "") return told("nothing is selected");
      return told(copy(text, whole ? "the cancel" : "the line", options));
    }
    case "export": {
      const findings = findingsFor(screen, snapshot, redaction, false);
      const text = await exportText(wish.format, findings);
      const path = writeNew(text, ENDINGS[wish.format]);
      const what = plural(findings.diagnosis.cascades.length, "cancel");
      const all =
        screen.frame.past === null && findings.diagnosis.cascades.length === snapshot.diagnosis.cascades.length;
      return { notice: `${what} written to ${path}`, saved: all };
    }
    case "edit": {
      const place = screen.evidence[screen.frame.index]?.place;
      const command = place === undefined ? null : editorCommand(place, options.env);
      if (command === null) return told("this line is in no file");
      if (place !== undefined && "source" in place && !existsSync(place.source))
        return told(`${formatPlace(place)} is not there`);
      let problem: string | null = null;
      await options.suspend(() => {
        problem = editorProblem(command.program, spawnSync(command.program, command.args, { stdio: "inherit" }));
      });
      return told(problem);
    }
    case "suspend":
      // As the shell's Ctrl-Z: everybody in the job; the screens hear of it, too, and give the terminal back first
      if (process.platform !== "win32") process.kill(0, "SIGTSTP");
      return told(null);
    case "redraw":
      await options.suspend(() => undefined);
      return told(null);
    case "overrule":
      return told(overrule(wish, screen, snapshot, options.feed));
  }
}

/** What went wrong with a person's editor, in a sentence; null where it ended well. */
export function editorProblem(
  program: string,
  { error, status, signal }: Pick<SpawnSyncReturns<Buffer>, "error" | "status" | "signal">,
): string | null {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === "ENOENT") return `there is no program ${program}: $VISUAL or $EDITOR names it`;
  if (code === "EACCES") return `${program} may not be run: $VISUAL or $EDITOR names it`;
  if (error !== undefined) return `${program}: ${error.message}`;
  if (signal !== null) return `${program} was ended by ${signal}`;
  return status === 0 ? null : `${program} ended with exit code ${status}`;
}

function overrule(
  { form, by }: Extract<Wish, { do: "overrule" }>,
  screen: Screen,
  snapshot: Snapshot,
  feed: Feed,
): string {
  const cascade: Cascade | null = findCascade(snapshot.diagnosis, form.cascade) ?? screen.cascade;
  if (cascade === null) return "this cancel is not there any more";
  const about = form.scope === "this" ? { id: cascade.id } : { alike: likenessOf(cascade) };
  const path = feed.overrule(cascade, { about, by, note: form.note.text.trim() });
  return by === null ? `taken back, in ${path}` : `${shownName(by)} (said by you): kept in ${path}`;
}

/** Into the clipboard; where the terminal takes nothing, into a file whose path is told. */
function copy(text: string, what: string, { stdout, env }: OutsideOptions): string {
  const bytes = clipboardBytes(text, env);
  if (bytes === null) return `${what} written to ${writeNew(text, "txt")}: this terminal has no clipboard for programs`;
  stdout.write(bytes);
  return `${what} copied (${plural(text.split("\n").length, "line")})`;
}

/** Writes a file that was not there, here or, where nobody may write here, in the folder for temporary files. */
function writeNew(text: string, ending: string): string {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "");
  for (const folder of [process.cwd(), tmpdir()]) {
    for (let number = 1; number < 100; number += 1) {
      const path = join(folder, `streamscope-${stamp}${number === 1 ? "" : `-${number}`}.${ending}`);
      try {
        writeFileSync(path, text, { flag: "wx", mode: 0o600 });
        return folder === process.cwd() ? relative(folder, path) : path;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") break;
      }
    }
  }
  throw new Error("no file could be written, neither here nor in the folder for temporary files");
}
