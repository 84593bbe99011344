import { expect, it } from "vitest";
import { shownDelay } from "../../src/present/index.ts";

it.each([
  [0.0666, "+0.07 ms"],
  [9.99, "+9.99 ms"],
  [10, "+10 ms"],
  [999.4, "+999 ms"],
  [1_000, "+1.00 s"],
  [-2.5, "-2.50 ms"],
])("a delay of %d ms is written %s", (ms, text) => expect(shownDelay(ms)).toBe(text));
