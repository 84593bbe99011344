/**
 * What a person should know of each warning: its name, why it matters, what to do, and how the program knows. docs/warnings.md is made of
 * it, too.
 */
import { printable } from "../model/index.ts";

/** What is said about one rule. */
export interface Advice {
  /** The name in lists: a few words. */
  readonly name: string;
  readonly why: string;
  /** What to do, in one sentence, and in code where that is shorter. */
  readonly todo: string;
  readonly code?: readonly string[];
  readonly how: string;
}

/** The advice by rule. */
const ADVICE: Readonly<Record<string, Advice>> = {
  "ghost-work": {
    name: "still running",
    why: "A model, a database or a whole chain below keeps working for somebody who has left: it costs money and the place of those who wait.",
    todo: "Leave the handler's loop when the context or signal of its stream ends.",
    code: [
      "case <-stream.Context().Done(): return context.Cause(ctx)   // Go",
      "for await (const token of answer) { if (call.signal.aborted) return }   // TypeScript",
    ],
    how: "Its own lines of work, its spans, or what its runtime measured lie over a second after the cancel had reached it or should have.",
  },
  "false-origin": {
    name: "looks guilty",
    why: "Its error has no path, so whoever reads only its log takes it for the one who started it, and searches there.",
    todo: "Hand the caller's context on to the streams below, instead of one of your own that forgets who cancelled it.",
    code: ["ctx := stream.Context()   // not context.Background() or context.WithCancel(context.Background())"],
    how: "It had itself been cancelled just before, or its caller ended the stream to it at that moment.",
  },
  "slow-hop": {
    name: "heard late",
    why: "Until it hears of the cancel, it and all below it work on for nobody.",
    todo: "Read the stream, or wait for its context, while waiting for something else: who only sends hears of a cancel late.",
    how: "Its first line about the cancel lies over a second behind its caller's.",
  },
  "silent-hop": {
    name: "no logs",
    why: "Whether it stopped is only known from others, and verdicts about what lies below it are weaker.",
    todo: "Add its logs or its spans to what is read; if they are read, let it log how its streams end.",
    how: "Its caller or a service below names it on the way of the cancel, and no line or span of it was read.",
  },
  storm: {
    name: "storm",
    why: "Many cancels at once are one cause: a deploy, a lost dependency, a client that tries again at once. They can bring down what is still well.",
    todo: "Look at what the starter shared at that moment; back off with jitter between tries, and drain before you stop.",
    how: "One starter began more than 20 cancels within ten seconds, or one cancel reached more than 50 services.",
  },
  "broken-connection": {
    name: "wrong victim",
    why: "Streams that share a connection ended with it although nobody cancelled them: users lost answers that were wanted.",
    todo: "End the stream and not its connection; where the transport cannot do that, give long streams connections of their own.",
    how: "The service broke the connection itself while several streams were on it, and their ends have no other cause.",
  },
  "deadline-shrinks": {
    name: "deadline shrinks",
    why: "The callers would have waited on: the answer was thrown away while somebody still wanted it.",
    todo: "Derive the time of a call from what is left of the caller's, or make the callers' shorter than this one.",
    how: "A timer of a service that itself was called ran out, and its callers show no timeout of their own before.",
  },
  retried: {
    name: "tried again after the cancel",
    why: "It starts the work below anew for somebody who has left; in a storm this multiplies the load.",
    todo: "Look at the context or signal before each try, and do not try again once it has ended.",
    how: "By its own clock it opened another stream after its first line about the cancel.",
  },
  "clock-skew": {
    name: "clocks differ",
    why: "The order of lines of different services cannot be trusted, and delays are off by as much.",
    todo: "Let the hosts keep their time by NTP; where they do, the origin logs late.",
    how: "It shows the cancel before the service that started it.",
  },
  "unnamed-client": {
    name: "unnamed client",
    why: "Whatever this caller starts cannot be told from what others start, and no warning can name it.",
    todo: "Give the client its service name when it is made.",
    code: ['client.WithClientBasicInfo(&rpcinfo.EndpointBasicInfo{ServiceName: "web"})   // Kitex'],
    how: "The text names the caller that ended the stream, and the name is empty.",
  },
  "ignores-signal": {
    name: "ignores its signal",
    why: "This is no accident but how the handler is written: every user who leaves costs a whole answer.",
    todo: "Pass the signal or context of the stream to everything the handler waits for.",
    code: ["model.generate(request, { signal: call.signal })   // TypeScript"],
    how: "In at least three cancels its own lines show that it had heard, and that it worked on for over a second.",
  },
  "origin-unverified": {
    name: "not proven",
    why: "The service may only have passed the cancel on; who looks there may look at the wrong place.",
    todo: "Add the logs of its callers to what is read.",
    how: "It has callers, and of these no line about the time of the cancel was read.",
  },
};

/** The advice about a rule; a rule that is not known speaks for itself. */
export function adviceOn(rule: string): Advice {
  return Object.hasOwn(ADVICE, rule) ? (ADVICE[rule] as Advice) : { name: printable(rule), why: "", todo: "", how: "" };
}

/** docs/warnings.md. */
export function warningsDocument(): string {
  const sections = Object.entries(ADVICE).flatMap(([rule, { name, why, todo, code, how }]) => [
    `## ${rule}`,
    "",
    `On the screens: **${name}**.`,
    "",
    `* **Why it matters.** ${why}`,
    `* **What to do.** ${todo}`,
    `* **How we know.** ${how}`,
    ...(code === undefined ? [] : ["", "```", ...code, "```"]),
    "",
  ]);
  return [
    "# Warnings",
    "",
    "Made from src/present/advice.ts by `node scripts/warnings.ts`; a test fails when both differ.",
    "",
    "Named rules look at every cancel. `!` lists what they noticed on the screens; `enter` shows the cancels, `m` mutes one. In CI, `scan --allow",
    "RULE` mutes a rule, and `--fail-on ghost-work` and its like fail on one.",
    "",
    ...sections,
  ].join("\n");
}
