/** The cascades of a reading that goes on, one line each, printed when they have settled and again when they have changed. */
import { type Reading, Settling } from "../../pipeline/index.ts";
import { type Findings, type Redaction, redactData } from "../../present/index.ts";
import type { Output } from "./output.ts";
import { createPace } from "./pace.ts";
import { SettledCounts } from "./settled-counts.ts";
import type { Webhook } from "./webhook.ts";

/** What is printed while a reading goes on. */
export interface SettledLines {
  /** Prints nothing more by itself. */
  readonly stop: () => void;
  /** Prints what has not been printed as it is now, and the summary. */
  readonly finish: (findings: Findings) => void;
}

/** How lines are printed. */
export interface SettledOptions {
  /** How long a cascade is quiet before it is printed. */
  readonly settleMs: number;
  readonly redaction: Redaction;
  readonly output: Output;
  /** Gets the same lines; null: nobody. */
  readonly webhook: Webhook | null;
  /** Hears in a sentence of what got lost, while it goes on. */
  readonly onLoss: (sentence: string) => void;
}

/** How often is looked for settled cascades, at most. */
const LOOK_MS = 500;

/** Begins to print. */
export async function startSettledLines(reading: Reading, options: SettledOptions): Promise<SettledLines> {
  const { cascadeLine, summaryLine, withdrawnLine } = await import("../../report/index.ts");
  const { settleMs, redaction, output, webhook, onLoss } = options;
  const settling = new Settling(settleMs, (cascade) => cascadeLine(cascade));
  const pace = createPace();
  const told = new SettledCounts();
  reading.tell(() => [...told.metrics(), ...(webhook?.metrics() ?? [])]);
  const tell = (line: string): void => {
    output.write(`${line}\n`);
    webhook?.push(line);
  };
  let nextAt = 0;

  const print = ({ cascades, counts }: Findings["diagnosis"], last: boolean): void => {
    for (const settled of settling.take(cascades, performance.now(), last)) {
      told.take(settled);
      tell(cascadeLine(redactData(settled.cascade, redaction), settled.revision));
    }
    for (const { id, revision, into } of settling.withdraw(cascades, counts.dropped))
      tell(withdrawnLine(id, revision, into));
  };
  const timer = setInterval(
    () => {
      const from = performance.now();
      // Nobody reads any more
      if (!output.open()) reading.stop();
      const loss = webhook?.news(from) ?? null;
      if (loss !== null) onLoss(loss);
      if (from < nextAt) return;
      print(reading.diagnose(), false);
      const to = performance.now();
      nextAt = to + pace(to - from);
    },
    Math.max(10, Math.min(LOOK_MS, settleMs / 4)),
  );
  return {
    stop: () => clearInterval(timer),
    finish(findings) {
      print(reading.diagnose(), true);
      tell(summaryLine(findings));
    },
  };
}
