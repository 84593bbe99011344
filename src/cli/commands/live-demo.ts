/**
 * The live demo for people: on the screens until they leave, or played once and reported.
 */
import { CHAT_TIMEOUT_MS, type LiveDemo, playOn, playOnce, SERVICES } from "../../demo/index.ts";
import { plural } from "../../present/index.ts";
import { reportText } from "../../report/index.ts";
import { readLook } from "../terminal/look.ts";
import type { Output } from "../terminal/output.ts";
import { createStyles } from "../terminal/styles.ts";

/** The chain, as people write it. */
const CHAIN = SERVICES.join(" -> ");
/** However slow the machine is, a demo ends after that. */
const MOST_MS = 8_000;
const SHAPES = 10;
const DETAIL = 3;

/** Shows the demo on the screens until the person leaves. */
export async function showLiveDemo(demo: LiveDemo, stdout: Output): Promise<void> {
  const { showReading } = await import("./tui.ts");
  const { reading, chain, tally } = demo;
  const over = new AbortController();
  const playing = playOn(demo, over.signal).catch(() => undefined);
  const title = (): string => `${tally.saved.toLocaleString("en-US")} tokens saved, ${CHAIN}`;
  try {
    await showReading(
      reading,
      title,
      process.stdin,
      readLook({ colour: stdout.colour }, process.env, process.platform),
      { story: () => tally.story },
    );
  } finally {
    over.abort();
    await playing;
    await chain.kill();
  }
  stdout.write(`tokens: ${tally.tokens()}\n`);
}

/** Plays the demo once and prints what happened and what the spans say about it. */
export async function reportLiveDemo(demo: LiveDemo, stdout: Output, stderr: Output): Promise<void> {
  const { reading, chain, tally } = demo;
  const over = new AbortController();
  const stop = (): void => over.abort();
  const timer = setTimeout(stop, MOST_MS);
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  stderr.write(`streamscope: five processes are running, ${CHAIN}; the report comes in some seconds\n`);
  const began = performance.now();
  const reads = reading.run();
  try {
    await playOnce(demo, over.signal);
    if (!over.signal.aborted) await chain.end();
  } finally {
    clearTimeout(timer);
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
    await chain.kill();
    reading.stop();
  }
  await reads;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  stdout.write(`${story(demo, seconds)}\n`);
  const findings = reading.findings();
  const { colour, columns } = stdout;
  const lines = reportText(findings, { styles: createStyles(colour), columns, limit: SHAPES, detail: DETAIL });
  for (const line of lines) stdout.write(`${line}\n`);
  stdout.write(`\ntokens: ${tally.tokens()}\n`);
}

function story({ chain, tally }: LiveDemo, seconds: string): string {
  const processes = chain.processes().map(({ name, pid, killed }) => `${name} ${pid}${killed ? " (killed)" : ""}`);
  return `Five processes, ${CHAIN}, streamed tokens to ${plural(tally.users, "user")} for ${seconds} s.
${tally.whole} got whole answers. Meanwhile
  - two users closed the tab, one pressed stop:            gateway had to cancel
  - one more left; agent's own controller forgot that:     agent looks guilty and is not
  - one left while model did not look at its signal:       model worked on for nobody
  - one answer took longer than ${(CHAT_TIMEOUT_MS / 1000).toFixed(1)} s:                     chat's timeout ran out
  - a search ended while a second stream was still open:   agent's handler returned early
  - agent was killed in the middle of an answer:           chat and model lost their connections to it
Processes, all of them ended now: ${processes.join(", ")}.
The services sent spans; this is what streamscope makes of them:
`;
}
