import { expect, it } from "vitest";
import * as streamscope from "../src/index.ts";

it("the package shows a chosen list, not whatever the rooms hold", () => {
  expect(Object.keys(streamscope).sort()).toEqual([
    "CONFIDENCES",
    "KINDS",
    "WARNING_RULES",
    "createCascadeStore",
    "findKitexErrors",
    "findTtstreamErrors",
    "format",
    "formatInstant",
    "formatPlace",
    "parse",
    "prefilter",
    "readEvidence",
    "smellsOfCancel",
  ]);
});
