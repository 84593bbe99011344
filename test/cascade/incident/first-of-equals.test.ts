/** Several services that say the same of one end, and nobody says which of them calls which. */
import { describe, expect, it } from "vitest";
import { inShort, onlyCascade } from "../../support/told.ts";

const at = (ms: number): string => `2026-11-27 06:57:0${Math.floor(ms / 1_000)},${String(ms % 1_000).padStart(3, "0")}`;
const said = (service: string, ms: number, text: string): string => `${at(ms)} WARNING ${service}: ${text}`;
const handsOn = (service: string, ms: number): string =>
  said(service, ms, "client disconnected after 24 chunks, cancelling upstream");
const hears = (service: string, ms: number): string => said(service, ms, "connection closed by client");
const ends = (service: string, ms: number): string => said(service, ms, "generation cancelled after 30 tokens");

describe("of services that each lost their caller", () => {
  it("those that ended what they had called are no leaves, whatever a leaf wrote first", () => {
    const model = [hears("model", 500), ends("model", 501)];
    const cascade = onlyCascade({ model, edge: [handsOn("edge", 502)] });
    expect(inShort(cascade)).toBe("edge disconnect strong -> model");
  });

  it("two that hand it on at the same moment leave open which was first", () => {
    const cascade = onlyCascade({
      edge: [handsOn("edge", 500)],
      relay: [handsOn("relay", 500)],
      model: [ends("model", 501)],
    });
    expect(inShort(cascade)).toBe("null disconnect weak -> edge, model, relay");
  });

  it("the first is the likelier by one step of the clock, and no more", () => {
    const cascade = onlyCascade({
      relay: [handsOn("relay", 501)],
      edge: [handsOn("edge", 500)],
      model: [ends("model", 502)],
    });
    expect(inShort(cascade)).toBe("edge disconnect weak -> model, relay");
  });

  it("the first of them is the origin where it wrote clearly before the others", () => {
    const cascade = onlyCascade({
      relay: [handsOn("relay", 506)],
      edge: [handsOn("edge", 500)],
      model: [ends("model", 512)],
    });
    expect(inShort(cascade)).toBe("edge disconnect strong -> model, relay");
  });

  it("one that had called others lost no caller among those that were never asked", () => {
    const model = [
      "INFO: Uvicorn running on http://127.0.0.1:9034 (Press CTRL+C to quit)",
      said("model", 900, "ready"),
    ];
    expect(inShort(onlyCascade({ edge: [handsOn("edge", 500)], model }))).toBe("edge disconnect strong -> ");
  });
});
