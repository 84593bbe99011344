/**
 * One round of the demo: users with good luck, and one of everything that can end a stream.
 */
import type { Chain } from "./chain.ts";
import type { Tally } from "./tally.ts";
import { type Actions, ask, type Visit } from "./users.ts";

const SHORT = 40;
const LONG = 100;
/** At the model's pace more than chat's patience. */
const ENDLESS = 400;

/** Plays a round; resolves when every user has gone. `spreadMs`: users come within that time, one by one. */
export async function playRound(chain: Chain, tally: Tally, spreadMs: number): Promise<void> {
  const visit = async (
    text: string,
    tokens: number,
    onToken?: (count: number, actions: Actions) => void,
  ): Promise<Visit> => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * spreadMs));
    const seen = await ask(chain.url, { text, tokens }, onToken);
    tally.visited(seen.delivered, seen.whole);
    return seen;
  };
  const leaveAt = (wanted: number) => (count: number, actions: Actions) => {
    if (count === wanted) actions.leave();
  };
  await Promise.all([
    visit("what is a stream", SHORT),
    visit("why do streams end", SHORT),
    visit("tell me a story", LONG, leaveAt(12)),
    visit("tell me another story", LONG, leaveAt(30)),
    visit("explain everything", LONG, (count, { stop }) => {
      if (count === 20) stop();
    }),
    visit("write a novel", ENDLESS),
    visit("search for a good name", SHORT),
  ]);
  let replaced: Promise<void> | null = null;
  await visit("translate this book", LONG, (count) => {
    if (count === 10) replaced = chain.replace("agent");
  });
  await replaced;
  await visit("are you there again", SHORT);
}
