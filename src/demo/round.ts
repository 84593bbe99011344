/**
 * One round of the demo: users with good luck, and one of everything that can end a stream.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { Chain } from "./chain.ts";
import { DRAWING_MS, SKETCHED } from "./handlers.ts";
import type { Tally } from "./tally.ts";
import { type Actions, ask, type Visit } from "./users.ts";

const SHORT = 40;
const LONG = 100;
/** At the model's pace more than chat's patience. */
const ENDLESS = 400;

/** What is over is written down within this time. */
const WRITTEN_MS = 200;

/** Plays a round; resolves when every user has gone. `spreadMs`: users come within that time, one by one. */
export async function playRound(chain: Chain, tally: Tally, spreadMs: number): Promise<void> {
  const visit = async (
    text: string,
    tokens: number,
    onToken?: (count: number, actions: Actions) => void,
  ): Promise<Visit> => {
    await wait(Math.random() * spreadMs);
    const seen = await ask(chain.url, { text, tokens }, onToken);
    tally.visited(seen.delivered, seen.whole);
    return seen;
  };
  const leaveAt = (wanted: number, why: string) => (count: number, actions: Actions) => {
    if (count !== wanted) return;
    tally.story = why;
    actions.leave();
  };
  let drawn: Promise<void> | null = null;
  const leaveDrawing = leaveAt(SKETCHED, "a user left while model draws: it does not look at its signal");
  await Promise.all([
    visit("what is a stream", SHORT),
    visit("why do streams end", SHORT),
    visit("tell me a story", LONG, leaveAt(12, "a user closed the tab: gateway has to cancel")),
    visit("tell me another story", LONG, leaveAt(30, "a user closed the tab in the middle of a story")),
    visit("explain everything", LONG, (count, { stop }) => {
      if (count !== 20) return;
      tally.story = "a user pressed stop";
      stop();
    }),
    visit("write a novel", ENDLESS, (count) => {
      if (count === 90) tally.story = "an answer takes long: chat's timeout is about to run out";
    }),
    visit("search for a good name", SHORT, (count) => {
      if (count === SHORT - 1) tally.story = "agent returns from a search while a second stream is open";
    }),
    visit("plan a trip", LONG, leaveAt(25, "a user left; agent's own controller forgets that, and looks guilty")),
    visit("draw a picture", SHORT, (count, actions) => {
      leaveDrawing(count, actions);
      if (count === SKETCHED) drawn = wait(DRAWING_MS + WRITTEN_MS);
    }),
  ]);
  let replaced: Promise<void> | null = null;
  await visit("translate this book", LONG, (count) => {
    if (count !== 10) return;
    tally.story = "agent is killed in the middle of an answer, and started again";
    replaced = chain.replace("agent");
  });
  await replaced;
  await visit("are you there again", SHORT);
  // Nobody waits for the picture, but its end shows how long model worked for nobody
  await drawn;
}
