import { describe, expect, it } from "vitest";
import type { Diagnosis } from "../../../src/model/index.ts";
import type { Findings } from "../../../src/present/index.ts";
import { reportHtml } from "../../../src/report/index.ts";
import { diagnosisOf, evidence, falseOriginCascade, reached, seen, wholeStory } from "../../story.ts";

function findings(diagnosis: Diagnosis): Findings {
  const input = {
    inputs: 1,
    unread: 0,
    records: 9,
    unmatched: 0,
    unmatchedSample: [],
    diagnostics: [],
    diagnosticCount: 0,
  };
  return { input, diagnosis };
}

describe("the HTML page", () => {
  it("has the answer, the tree, the time, the reasons and the lines of each shape", () => {
    const page = reportHtml(findings(wholeStory()));
    expect(page).toContain("gateway started it: its own code cancelled the call (code 12007)");
    expect(page).toContain("looks like the origin and is not");
    expect(page).toContain('<div class="time">');
    expect(page).toContain("Why not chat");
    expect(page).toContain("chain.log:4");
    expect(page).toMatch(/looks guilty: chat<\/b>/);
  });

  it("draws the work of a service that never heard from the cancel to its end", () => {
    const zero = falseOriginCascade().firstAt as bigint;
    const at = zero + 2_340_000_000n;
    const cascade = falseOriginCascade({
      falseOrigins: [],
      reached: [reached("cache", "gateway", { state: "still-running", at, delayMs: 2_340 })],
      ghosts: [{ service: "cache", durationMs: 2_338, messages: 0, places: [] }],
      evidence: [evidence({ service: "cache", line: 1, at })],
    });
    const page = reportHtml(findings(diagnosisOf([cascade])));
    expect(page).toContain('aria-label="still on +2.34 s"');
    expect(page).toContain('<i class="ghost" style="left:0%;width:100%">');
  });

  it("asks no network for anything, and forbids it", () => {
    const page = reportHtml(findings(wholeStory()));
    expect(page).toContain("default-src &#39;none&#39;".replaceAll("&#39;", "'"));
    expect(page).not.toMatch(/(?:src|href)="(?!#)|url\(|@import|https?:/);
  });

  it("shows what is hostile in a log instead of doing it", () => {
    const evil = `"'><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\u0000`;
    const cascade = falseOriginCascade({
      id: evil,
      traceId: evil,
      reached: [reached(evil, "gateway", { delayMs: 2 })],
      trigger: { service: evil, text: evil },
      evidence: [evidence({ service: evil, line: 1, text: evil, place: { source: evil, line: 1 } })],
    });
    const warnings = [{ rule: evil, service: evil, text: evil, ...seen(evil) }];
    const page = reportHtml(
      findings(diagnosisOf([{ ...cascade, origin: { ...cascade.origin, service: evil, intent: evil } }], { warnings })),
    );
    expect(page.match(/<script/g)?.length).toBe(1);
    expect(page).not.toMatch(/<img|[\u202e\u0000]/);
    expect(page).toContain("&#60;script&#62;alert(1)&#60;/script&#62;");
  });

  it("says so where no cancel was found", () => {
    expect(reportHtml(findings(diagnosisOf([])))).toContain("No cancel found");
  });
});
