import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createStyles } from "../../src/cli/terminal/styles.ts";
import type { Diagnosis } from "../../src/model/index.ts";
import type { Findings } from "../../src/present/index.ts";
import { reportHtml } from "../../src/report/html/page.ts";
import { reportLines, reportObject, reportParts, stringify } from "../../src/report/json.ts";
import { reportJunit } from "../../src/report/junit.ts";
import { escapeMarkdown, reportMarkdown } from "../../src/report/markdown.ts";
import { escapeLabel, reportMermaid } from "../../src/report/mermaid.ts";
import { reportText, type TextOptions } from "../../src/report/text.ts";
import {
  deadlineCascade,
  diagnosisOf,
  evidence,
  falseOriginCascade,
  reached,
  reason,
  seen,
  wholeStory,
} from "../story.ts";

const validate: ValidateFunction = new Ajv({ allErrors: true, strict: false }).compile(
  JSON.parse(readFileSync(new URL("../../docs/scan.schema.json", import.meta.url), "utf8")),
);

function findings(diagnosis: Diagnosis, over: Partial<Findings["input"]> = {}): Findings {
  return {
    diagnosis,
    input: {
      inputs: 1,
      unread: 0,
      records: 40,
      unmatched: 0,
      unmatchedSample: [],
      diagnostics: [],
      diagnosticCount: 0,
      ...over,
    },
  };
}

const plain: TextOptions = { styles: createStyles(false), columns: null, limit: 10, detail: 8 };

/** A diagnosis in which every text is as hostile as it can be. */
function hostile(text: string): Diagnosis {
  const place = { source: text, line: 1 };
  const reasons = [{ rule: text, text, places: [place] }];
  return diagnosisOf(
    [
      {
        ...falseOriginCascade(),
        id: `id${text}`,
        traceId: text,
        origin: { service: text, kind: "cancel", code: 1, confidence: "weak", reasons, callSite: text, intent: text },
        trigger: { service: text, text },
        falseOrigins: [{ service: text, reasons }],
        reached: [reached(`${text}2`, text, { places: [place] }), reached(text, `${text}3`)],
        evidence: [evidence({ service: text, line: 1, text, message: text, place })],
      },
    ],
    { warnings: [{ rule: text, service: text, cascade: text, text, ...seen(text) }] },
  );
}

const EVIL = '\u001b]0;owned\u0007\u009b2J\u202e\u2066\u0000\n| `x` <b>"&" end\r\ud800 [a](http://evil) ```\n subgraph';

describe("the JSON report", () => {
  it("is what docs/scan.schema.json describes", () => {
    for (const diagnosis of [wholeStory(), diagnosisOf([]), hostile(EVIL)]) {
      const object = JSON.parse(stringify(reportObject(findings(diagnosis)), 2));
      validate(object);
      expect(validate.errors).toBeNull();
    }
  });

  it("is the same text in parts", () => {
    const tricky = hostile('\n  "cascades": [] \\n  "cascades": []');
    const several = { ...wholeStory(), cascades: [...wholeStory().cascades, ...hostile(EVIL).cascades] };
    for (const diagnosis of [wholeStory(), diagnosisOf([]), hostile(EVIL), tricky, several]) {
      const parts = [...reportParts(findings(diagnosis))];
      expect(parts.join("")).toBe(`${stringify(reportObject(findings(diagnosis)), 2)}\n`);
      expect(parts).toHaveLength(diagnosis.cascades.length === 0 ? 1 : diagnosis.cascades.length + 2);
    }
  });

  it("holds at most 20 places and 100 diagnostics, and counts the rest", () => {
    const places = Array.from({ length: 50 }, (_, index) => ({ source: "a", line: index + 1 }));
    const base = falseOriginCascade();
    const exemplars = Array.from({ length: 9 }, (_, index) => `x${index}`);
    const cascade = { ...base, exemplars, origin: { ...base.origin, reasons: [{ rule: "r", text: "t", places }] } };
    const diagnostics = Array.from({ length: 300 }, () => ({ place: { source: "a" }, message: "bad" }));
    const object = reportObject(findings(diagnosisOf([cascade]), { diagnostics, diagnosticCount: 300 }));
    validate(JSON.parse(stringify(object)));
    expect(validate.errors).toBeNull();
    expect(JSON.stringify(object)).toContain('"diagnosticCount":300');
  });

  it("holds no half of a surrogate pair, for which strict parsers refuse all of it", () => {
    const [high, low] = ["\ud800", "\udc00"];
    const value = { whole: high + low, high: `${high}G`, low: `a${low}`, text: "\\ud800", list: [low + high] };
    expect(stringify(value)).toBe(
      '{"whole":"\u{10000}","high":"\ufffdG","low":"a\ufffd","text":"\\\\ud800","list":["\ufffd\ufffd"]}',
    );
    expect(stringify({ text: "\\ud800 \u{e0001}" })).toBe('{"text":"\\\\ud800 \\udb40\\udc01"}');
  });

  it("can be read back, and holds nothing that acts on a terminal", () => {
    const anything = fc.string({ unit: "binary", maxLength: 40 });
    fc.assert(
      fc.property(anything, (text) => {
        const json = stringify(text);
        expect(json).toMatch(/^[\u0020-\u007e\u00a0-\u{10ffff}]*$/u);
        expect(json).not.toMatch(/[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
        expect(JSON.parse(json)).toBe(text);
      }),
    );
  });

  it("as lines has one object a line and the summary last", () => {
    const lines = [...reportLines(findings(wholeStory()))].map((line) => JSON.parse(line));
    expect(lines.map((line) => line.type)).toEqual([...Array(5).fill("cascade"), "summary"]);
    expect(lines[0].origin.service).toBe("gateway");
    expect(lines[5].origins.length).toBe(3);
  });
});

describe("the report for people", () => {
  it("says at its first line who started it and how, then the tree, why, and why not the others", () => {
    expect(`${reportText(findings(diagnosisOf([falseOriginCascade()])), plain).join("\n")}\n`).toMatchInlineSnapshot(`
      "gateway started it: its own code cancelled the call (code 12007)
         sure: proven: several services agree and nothing speaks against it
         id 7f3a9c1e · 2026-11-23T06:57:00.783910545Z · 2 of 3 other services stopped, 1 not seen to · within 0.41 ms

           gateway                   STARTED IT
           └─ chat         +0.07 ms  stopped, looks like the origin and is not
              └╌ agent               stopped?, quiet: only model says so, weak
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

  it("gives no all-clear where the conditions leave out what was found", () => {
    const left = findings(diagnosisOf([]), { leftOut: 1 });
    const sentence =
      "No cancel meets the conditions (--since, --until, --where): 1 line about cancels does not meet them";
    expect(reportText(left, plain)[0]).toContain(`${sentence} · 1 input`);
    expect(reportMarkdown(left, 10, 8).filter((line) => /No cancel/.test(line))).toEqual([
      `${escapeMarkdown(sentence)}.`,
    ]);
    expect(reportHtml(left)).not.toContain("No cancel found");
    expect(reportJunit(left, [], { limit: 10, detail: 8, strict: false }).join("\n")).toContain(
      "1 line about cancels does not",
    );
    expect(reportObject(left)).toMatchObject({ input: { leftOut: 1 } });
    const none = findings(diagnosisOf([]), { leftOut: 0 });
    expect(reportText(none, plain)[0]).toMatch(/^No cancel found · /);
    const unread = { ...none, input: { ...none.input, records: 0 } };
    expect(reportText(unread, plain)[0]).toMatch(/^Nothing was read, which is no all-clear · /);
    expect(reportHtml(unread)).not.toContain("No cancel found");
    expect(reportMarkdown(none, 10, 8).filter((line) => /No cancel/.test(line))).toEqual(["No cancel found."]);
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
    expect(text).toContain("0 of 1 other service stopped, 1 still running");
    expect(text).toContain("   model DID NOT STOP.");
    expect(text).toContain("   would prove it: a log of a caller of gateway at 06:57:00 UTC");
    expect(text).toContain("outside these logs: perhaps a caller of gateway that left no log");
    expect(text).toMatch(/gateway \(pod gw-1\) +STARTED IT/);
    expect(text).toMatch(/model +STILL RUNNING/);
    const object = JSON.parse(stringify(reportObject(findings(diagnosisOf([cascade])))));
    validate(object);
    expect(validate.errors).toBeNull();
    expect(object.cascades[0].origin).toMatchObject({ external: origin.external, aliases: ["pod gw-1"] });
    expect(object.cascades[0].reached[0].state).toBe("still-running");
    expect(reportMermaid(diagnosisOf([cascade]), 10).join("\n")).toContain('model<br/>STILL RUNNING"]:::running');
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
});

describe("the Mermaid report", () => {
  it("draws origin, false origin and silent hop apart", () => {
    expect(`${reportMermaid(diagnosisOf([falseOriginCascade()]), 10).join("\n")}\n`).toMatchInlineSnapshot(`
      "flowchart LR
        subgraph c0["gateway started it#58; its own code cancelled the call #40;code 12007#41;"]
          c0n0["gateway<br/>STARTED IT"]:::origin
          c0n1["chat<br/>stopped, not the origin"]:::fake
          c0n0 -->|"+0.07 ms"| c0n1
          c0n2["agent<br/>stopped?"]:::silent
          c0n1 -.-> c0n2
          c0n3["model<br/>stopped"]
          c0n2 -->|"+0.41 ms"| c0n3
        end
        classDef origin fill:#e66100,color:#ffffff,stroke:#9a4100
        classDef fake fill:#f6d55c,color:#000000,stroke:#b38f00
        classDef silent stroke-dasharray:4 4
        classDef running stroke:#e66100,stroke-width:3px
      "
    `);
  });

  it("lets no text out of its quotes", () => {
    for (const line of reportMermaid(hostile(EVIL), 10)) {
      const outside = line.replace(/"[^"]*"/g, "");
      expect(outside).not.toMatch(/evil|owned/);
      expect(line).not.toMatch(/[\u0000-\u001f]/);
    }
    expect(escapeLabel('a"] --> b["x<br>`#')).not.toMatch(/["<>`[\]]/);
  });
});

describe("the Markdown report", () => {
  it("has a heading for each shape, the tree in a fence, and the evidence", () => {
    const text = reportMarkdown(findings(wholeStory()), 10, 8).join("\n");
    expect(text).toContain("## gateway started it: its own code cancelled the call (code 12007)");
    expect(text).toContain(
      "```text\ngateway                   STARTED IT\n└─ chat         +0.07 ms  stopped, looks like the origin and is not\n",
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

it("names nothing it does not know in a reason without places", () => {
  const base = falseOriginCascade();
  const cascade = { ...base, origin: { ...base.origin, reasons: [reason("r", "because")] } };
  expect(reportText(findings(diagnosisOf([cascade])), plain)).toContain("     - because (r)");
});
