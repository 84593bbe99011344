import { expect, it } from "vitest";
import { bin, recordings } from "../cli/program.ts";
import { hasTmux, openTmux } from "./tmux.ts";

it.skipIf(!hasTmux)(
  "the built program runs in a real terminal, from the origins to the evidence and out again",
  async () => {
    const terminal = openTmux(80, 24);
    try {
      await terminal.until("shell>");
      terminal.type(`'${process.execPath}' '${bin}' tui '${recordings}'\n`);
      await terminal.until(/ done *\n(?:.*\n){2}> gateway +C cancel +\*{4} /);
      terminal.press("Enter");
      await terminal.until("gateway started it: its own code cancelled the call");
      terminal.press("j", "w");
      await terminal.until("chat looks like the origin and is not");
      terminal.press("q");
      const screen = await terminal.until(/shell> *\n/);
      expect(screen).not.toContain("STARTED IT");
      await terminal.untilFormat("#{alternate_on}", "0");
    } finally {
      terminal.close();
    }
  },
);
