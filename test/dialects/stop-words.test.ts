import { describe, expect, it } from "vitest";
import { saysEnough } from "../../src/dialects/stop-words.ts";

describe("words of a service that has enough", () => {
  it.each([
    "enough tokens, leaving the loop",
    "budget used up, cancelling",
    "first answer wins, cancelling the others",
    "stop sequence reached after 12 chunks",
  ])("say so: %s", (words) => expect(saysEnough(words)).toBe(true));

  it.each([
    "Not enough data for satisfy transfer length header.",
    "there aren't enough results yet",
    "enough data to begin",
    "time budget used up, cancelling",
    "budget used up by team shop",
    "the first answer winston gave",
  ])("are not: %s", (words) => expect(saysEnough(words)).toBe(false));
});
