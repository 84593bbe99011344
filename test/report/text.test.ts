import { describe, expect, it } from "vitest";
import { createStyles } from "../../src/cli/terminal/styles.ts";
import { reportObject, stringify } from "../../src/report/json.ts";
import { reportMarkdown } from "../../src/report/markdown.ts";
import { reportMermaid } from "../../src/report/mermaid.ts";
import { reportText, type TextOptions } from "../../src/report/text.ts";
import { deadlineCascade, diagnosisOf, evidence, falseOriginCascade, reached, reason, wholeStory } from "../story.ts";
import { EVIL, findings, hostile, validate } from "./findings.ts";

const plain: TextOptions = { styles: createStyles(false), columns: null, limit: 10, detail: 8 };

describe("the report for people", () => {
  it("says at its first line who started it and how, then the tree, why, and why not the others", () => {
    expect(`${reportText(findings(diagnosisOf([falseOriginCascade()])), plain).join("\n")}\n`).toMatchInlineSnapshot(`
      "gateway started it: its own code cancelled the call (code 12007)
         sure: proven: several services agree and nothing speaks against it
         id 7f3a9c1e · 2026-11-23T06:57:00.783910545Z · 3 other services stopped · within 0.41 ms

           gateway                   STARTED IT
           └─ chat         +0.07 ms  looks like the origin and is not
              └╌ agent               silent: no line of its own, weak
                 └─ model  +0.41 ms  stopped

         why gateway
           - gateway's own client side shows 12007 without a path: it cancelled itself (own-text)
             chain.log:4
           - chat has an incoming cancel from gateway at the same time (relay-explained)
             chain.log:5
         why not chat
           - chat's client side has no path, but its server side was cancelled by gateway (derived-context)
             chain.log:5, 9
         evidence (3 lines)
           chain.log:4   gateway: [ttstream error, code=12007] [client-side stream] user code invoking stream RPC
           chain.log:5   chat: [ttstream error, code=12007] [server-side stream] user code invoking stream RPC (chat)
           chain.log:10  model: [ttstream error, code=12007] [server-side stream] user code invoking stream RPC (model)

      1 cascade · 1 input, 40 records read, 3 lines of evidence, 0 unmatched, 0 late, 0 dropped
      "
    `);
  });

  it("folds like cascades, most important first, and lists the origins", () => {
    const text = reportText(findings(wholeStory(), { unmatched: 2 }), plain).join("\n");
    const heads = text.split("\n").filter((line) => /^\d+\. /.test(line));
    expect(heads).toEqual([
      "1. billing started it: its timeout ran out (code 12015)   ×3",
      "2. gateway started it: its own code cancelled the call (code 12007)",
      "3. Origin unknown: a connection was lost (code 12013)",
    ]);
    expect(text).toMatch(/ORIGIN +KIND +CASCADES +VICTIMS/);
    expect(text).toContain("! ghost-work: model still wrote 2.1 s after the cancel");
    expect(text).toContain("2 lines look like cancellations but match no known format");
  });

  it("prints only so many shapes and says how to get the others", () => {
    const text = reportText(findings(wholeStory()), { ...plain, limit: 1 }).join("\n");
    expect(text).not.toContain("gateway started it");
    expect(text).toContain("… and 2 more cascades of 2 other shapes. Print them with --all");
  });

  it("says so where nothing was found", () => {
    expect(reportText(findings(diagnosisOf([])), plain).join("\n")).toMatch(/^No cancel found · 1 input, 40 records/);
  });

  it("cuts the lines of the log at the width of the terminal, and nowhere else", () => {
    const long = { ...falseOriginCascade(), evidence: [evidence({ service: "chat", line: 1, text: "x".repeat(500) })] };
    const cut = reportText(findings(diagnosisOf([long])), { ...plain, columns: 60 });
    expect(cut.filter((line) => line.length > 60 && line.includes("xxx"))).toEqual([]);
    expect(cut.some((line) => line.endsWith("x…"))).toBe(true);
    expect(reportText(findings(diagnosisOf([long])), plain).join("\n")).toContain("x".repeat(500));
  });

  it("prints the lines that a framework repeats last, and says where lines are left out", () => {
    const lines = [1, 2, 3].map((line) => evidence({ service: "chat", line, text: `line ${line}`, echo: line === 1 }));
    const whole = { ...falseOriginCascade(), evidence: lines, evidenceCount: 3 };
    const shown = (detail: number, evidenceCount = 3): string[] =>
      reportText(findings(diagnosisOf([{ ...whole, evidenceCount }])), { ...plain, detail });
    const texts = shown(8).flatMap((line) => /chat: (line \d)/.exec(line)?.[1] ?? []);
    expect(texts).toEqual(["line 2", "line 3", "line 1"]);
    expect(shown(2).join("\n")).toContain("… 1 more line, shown with --all");
    expect(shown(3, 9)).toContain("     … 6 more lines");
  });

  it("names who is still running, other names, and who may have acted outside", () => {
    const base = falseOriginCascade();
    const origin = { ...base.origin, aliases: ["pod gw-1"], external: "perhaps a caller of gateway that left no log" };
    const cascade = { ...base, origin, reached: [reached("model", "gateway", { state: "still-running" as const })] };
    const text = reportText(findings(diagnosisOf([cascade])), plain).join("\n");
    expect(text).toContain("1 other service still running");
    expect(text).toContain("outside these logs: perhaps a caller of gateway that left no log");
    expect(text).toMatch(/gateway \(pod gw-1\) +STARTED IT/);
    expect(text).toMatch(/model +STILL RUNNING/);
    const object = JSON.parse(stringify(reportObject(findings(diagnosisOf([cascade])))));
    validate(object);
    expect(validate.errors).toBeNull();
    expect(object.cascades[0].origin).toMatchObject({ external: origin.external, aliases: ["pod gw-1"] });
    expect(object.cascades[0].reached[0].state).toBe("still-running");
    expect(reportMermaid(diagnosisOf([cascade]), 10).join("\n")).toContain('model<br/>still running"]:::running');
    const markdown = reportMarkdown(findings(diagnosisOf([cascade])), 10, 8).join("\n");
    expect(markdown).toContain("- outside these logs: `perhaps a caller of gateway that left no log`");
    expect(markdown).toContain("- other names: `pod gw-1`");
  });

  it("counts a thousand like cascades in one place", () => {
    const many = Array.from({ length: 1000 }, (_, index) => deadlineCascade(`d${index}`, index));
    const lines = reportText(findings(diagnosisOf(many)), plain);
    expect(lines[0]).toContain("×1,000");
    expect(lines.length).toBeLessThan(30);
  });

  it("shows what is hostile in a log instead of doing it", () => {
    for (const line of reportText(findings(hostile(EVIL)), plain)) {
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e\u2066]/);
    }
    expect(reportText(findings(hostile(EVIL)), plain).join("\n")).toContain("\\x1b]0;owned\\x07");
  });

  it("colours only what words already say", () => {
    const coloured = reportText(findings(wholeStory()), { ...plain, styles: createStyles(true) });
    const bare = coloured.map((line) => line.replace(/\u001b\[[0-9;]*m/g, ""));
    expect(bare).toEqual(reportText(findings(wholeStory()), plain));
  });

  it("names nothing it does not know in a reason without places", () => {
    const base = falseOriginCascade();
    const cascade = { ...base, origin: { ...base.origin, reasons: [reason("r", "because")] } };
    expect(reportText(findings(diagnosisOf([cascade])), plain)).toContain("     - because (r)");
  });
});
