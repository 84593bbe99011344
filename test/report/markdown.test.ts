import { describe, expect, it } from "vitest";
import { escapeMarkdown, reportMarkdown } from "../../src/report/markdown.ts";
import { diagnosisOf, evidence, falseOriginCascade, wholeStory } from "../story.ts";
import { EVIL, findings, hostile } from "./findings.ts";

describe("the Markdown report", () => {
  it("has a heading for each shape, the tree in a fence, and the evidence", () => {
    const text = reportMarkdown(findings(wholeStory()), 10, 8).join("\n");
    expect(text).toContain("## gateway started it: its own code cancelled the call (code 12007)");
    expect(text).toContain(
      "```text\ngateway                   STARTED IT\n└─ chat         +0.07 ms  looks like the origin and is not\n",
    );
    expect(text).toContain("**Why not chat**");
    expect(text).toContain("| billing | deadline | 3 | 3 |");
  });

  it("fences a log's own fence with a longer one", () => {
    const cascade = { ...falseOriginCascade(), evidence: [evidence({ service: "chat", line: 1, text: "a ```` b" })] };
    expect(reportMarkdown(findings(diagnosisOf([cascade])), 10, 8)).toContain("`````text");
  });

  it("keeps fences closed and markup powerless, whatever the log says", () => {
    const text = reportMarkdown(findings(hostile(`${EVIL}\n\`\`\`\n# not a heading`)), 10, 8).join("\n");
    expect(text).not.toMatch(/^# not a heading/m);
    expect(text).not.toMatch(/^subgraph/m);
    expect(escapeMarkdown("<img src=x> [a](http://b) www.c.d @all")).not.toMatch(/[<>@]|http:|www\./);
  });
});
