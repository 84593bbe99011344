import { expect, it } from "vitest";
import { earlyBy, fateOf, fateSentence, shownDelay, withinWords } from "../../src/present/index.ts";
import { deadlineCascade, reached } from "../story.ts";

it.each([
  [0.0666, "+0.07 ms"],
  [9.99, "+9.99 ms"],
  [10, "+10 ms"],
  [999.4, "+999 ms"],
  [1_000, "+1.00 s"],
  [-2.5, "-2.50 ms"],
])("a delay of %d ms is written %s", (ms, text) => expect(shownDelay(ms)).toBe(text));

it.each([
  [0.0049, " at once"],
  [0.005, " within 0.01 ms"],
  [12, " within 12 ms"],
])("what took %d ms is said to have come%s", (ms, words) => expect(withinWords(ms)).toBe(words));

it.each([
  [-0.24, "0.24 ms"],
  [-0.005, "0.01 ms"],
  // Would be 0.00 ms
  [-0.0049, null],
  [0, null],
  [3, null],
])("a clock that shows %d ms is early by %s", (ms, words) => expect(earlyBy(ms)).toBe(words));

it("services that stopped at once are not said to have stopped within no time", () => {
  const cascade = { ...deadlineCascade("d1"), reached: [reached("ledger", "billing", { delayMs: 0.001 })] };
  expect(fateSentence(fateOf(cascade))).toBe("The one service it reached stopped at once.");
});
