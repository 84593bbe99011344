import { describe, expect, it } from "vitest";
import { reportHtml } from "../../src/report/index.ts";
import { diagnosisOf, evidence, falseOriginCascade, reached, wholeStory } from "../story.ts";
import { chromium, inBrowser } from "../support/chromium.ts";

const input = {
  inputs: 1,
  unread: 0,
  records: 9,
  unmatched: 0,
  unmatchedSample: [],
  diagnostics: [],
  diagnosticCount: 0,
};
const page = reportHtml({ input, diagnosis: wholeStory() });

describe.skipIf(chromium === null)("the HTML page in a browser", () => {
  it("finds by words, and says how many are shown", () => {
    const searched = inBrowser(
      page,
      `(() => { const find = document.getElementById("find"); find.value = "gateway chat"; find.dispatchEvent(new Event("input"));
        return { shown: [...document.querySelectorAll("article")].filter((each) => !each.hidden).length, said: document.getElementById("found").textContent }; })()`,
    );
    expect(searched).toEqual({ shown: 1, said: "1 of 3 shown" });
  });

  it("opens everything before it is printed", () => {
    const open = inBrowser(
      page,
      `(() => { dispatchEvent(new Event("beforeprint")); return [...document.querySelectorAll("details")].every((each) => each.open); })()`,
    );
    expect(open).toBe(true);
  });

  it("is no wider than a phone", () => {
    const width = inBrowser(page, "document.documentElement.scrollWidth", { width: 360 });
    expect(width).toBeLessThanOrEqual(360);
  });

  it.each([false, true])("can be read where the reader's system is dark: %s", (dark) => {
    const colours = inBrowser(
      page,
      `(() => { const paper = getComputedStyle(document.body).backgroundColor;
        return [paper, ...["dim", "origin", "sure", "doubt", "danger"].map((name) => { const each = document.createElement("i"); each.className = name; document.body.append(each); return getComputedStyle(each).color; })]; })()`,
      { dark },
    ) as string[];
    const [paper = "", ...inks] = colours;
    expect(luminance(paper) < 0.5).toBe(dark);
    for (const ink of inks) expect(contrast(ink, paper)).toBeGreaterThanOrEqual(4.5);
  });

  it("does nothing that a hostile log asks for", () => {
    const evil = `</script><script>window.owned = 1</script><img src=x onerror="window.owned = 1"><svg onload="window.owned = 1">`;
    const cascade = falseOriginCascade({
      id: evil,
      reached: [reached(evil, "gateway", { delayMs: 2 })],
      evidence: [evidence({ service: evil, line: 1, text: evil, place: { source: evil, line: 1 } })],
    });
    const hostile = reportHtml({
      input,
      diagnosis: diagnosisOf([{ ...cascade, origin: { ...cascade.origin, service: evil } }]),
    });
    expect(inBrowser(hostile, `[window.owned ?? null, document.querySelectorAll("img, svg").length]`)).toEqual([
      null,
      0,
    ]);
  });
});

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map((each) => {
    const part = Number(each) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}
