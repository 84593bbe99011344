/**
 * The live demo as a whole: a receiver, five processes that send their spans to it, and users.
 */
import { existsSync } from "node:fs";
import { isSea } from "node:sea";
import { fileURLToPath } from "node:url";
import type { Reading } from "../pipeline/index.ts";
import { type Chain, startChain } from "./chain.ts";
import { playRound } from "./round.ts";
import { Tally } from "./tally.ts";

/** A demo whose services run. */
export interface LiveDemo {
  readonly reading: Reading;
  readonly chain: Chain;
  readonly tally: Tally;
}

/** The demo could not be started; the message says why in few words. */
export class NotStarted extends Error {}

/** Users of the endless demo come one by one within this time. */
const SPREAD_MS = 2_500;

/**
 * Opens the receiver of a reading and starts the services.
 *
 * @throws NotStarted where that is not possible; then nothing is left of it
 */
export async function startLiveDemo(reading: Reading): Promise<LiveDemo> {
  const program = fileURLToPath(new URL("./demo-service.js", import.meta.url));
  const tally = new Tally();
  try {
    // The single executable has it inside, and knows it by this name
    if (!isSea() && !existsSync(program)) throw new Error(`${program} is not there`);
    const receiver = await reading.open();
    if (receiver === null || receiver.httpUrl === null) throw new Error("nothing listens for the spans");
    const chain = await startChain({
      program,
      spansTo: receiver.httpUrl,
      onAnswer: (generated, asked) => tally.answered(generated, asked),
    });
    // For an end nobody foresaw; a service also ends by itself when this process is gone.
    process.once("exit", () => void chain.kill());
    return { reading, chain, tally };
  } catch (error) {
    reading.stop();
    await reading.run();
    throw new NotStarted(error instanceof Error ? error.message : String(error));
  }
}

/** Plays one round, with all users at once; ends early when the signal is aborted. */
export async function playOnce({ chain, tally }: LiveDemo, signal: AbortSignal): Promise<void> {
  await Promise.race([playRound(chain, tally, 0), aborted(signal)]);
}

/** Plays round after round until the signal is aborted. */
export async function playOn({ chain, tally }: LiveDemo, signal: AbortSignal): Promise<void> {
  const end = aborted(signal);
  for (let spread = 0; !signal.aborted; spread = SPREAD_MS) {
    await Promise.race([playRound(chain, tally, spread), end]);
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((done) => signal.addEventListener("abort", done, { once: true }));
}
