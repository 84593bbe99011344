import { describe, expect, it } from "vitest";
import { snapshotOf, wholeStory } from "../story.ts";
import { openFakeTerminal } from "./fake-terminal.ts";
import { styledLines } from "./styled-lines.ts";

describe.each([
  ["dark", false],
  ["light", false],
  ["dark", true],
] as const)("the colours of the theme %s (16 colours: %s)", (theme, sixteen) => {
  it("are what a person has agreed to", async () => {
    const terminal = await openFakeTerminal(snapshotOf(wholeStory()), { colour: true, theme, sixteen });
    await terminal.type("j");
    await expect(`${styledLines(terminal.emulator).join("\n")}\n`).toMatchFileSnapshot(
      `golden/colours-${theme}${sixteen ? "-16" : ""}.txt`,
    );
    terminal.screens.close();
    await terminal.screens.closed;
  });
});
