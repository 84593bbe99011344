import { describe, expect, it } from "vitest";
import { saysEnough, saysStop } from "../../src/dialects/stop-words.ts";

describe("words of a service that has enough", () => {
  it.each([
    "enough tokens, leaving the loop",
    "budget used up, cancelling",
    "first answer wins, cancelling the others",
    "stop sequence reached after 12 chunks",
    "hedge won by model-b, cancelling model-a",
    "answer long enough after 15 chunks, closing model",
    "moderation: blocked content, cancelling call to model",
    "chat turn limit reached",
  ])("say so: %s", (words) => expect(saysEnough(words)).toBe(true));

  it.each([
    "Not enough data for satisfy transfer length header.",
    "there aren't enough results yet",
    "enough data to begin",
    "time budget used up, cancelling",
    "budget used up by team shop",
    "the first answer winston gave",
    "not long enough, closing nothing",
    "the blocked content policy was loaded",
    "rate limit reached",
  ])("are not: %s", (words) => expect(saysEnough(words)).toBe(false));
});

describe("words of somebody who asked for the stop", () => {
  it.each(["conversation 7: stopped by user", "stop requested by user, cancelling", "run stopped by the operator"])(
    "say so: %s",
    (words) => expect(saysStop(words)).toBe(true),
  );

  it.each(["stopped by userland driver", "stop words: user, operator"])("are not: %s", (words) =>
    expect(saysStop(words)).toBe(false),
  );
});
