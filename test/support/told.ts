/** Logs of several services, read as files are read and diagnosed: what the engine makes of the words of programs. */
import { createCascadeStore } from "../../src/cascade/index.ts";
import { prefilter, readRecord } from "../../src/dialects/index.ts";
import type { Cascade, Diagnosis, Evidence } from "../../src/model/index.ts";
import { createShapeContext, RecordMaker } from "../../src/sources/formats/record-maker.ts";
import type { Zone } from "../../src/sources/formats/zone.ts";

const utc: Zone = () => 0;

/** The evidence in the events of one file that is named after its service. */
export function readLog(service: string, events: readonly string[], startLine = 1): Evidence[] {
  const clock = { zone: utc, nearMs: Date.UTC(2026, 10, 27, 12) };
  const maker = new RecordMaker(`${service}.log`, `${service}.log`, null, createShapeContext(prefilter, clock));
  return events.flatMap((event, index) =>
    maker.read(event, startLine + index, 0).records.flatMap((record) => {
      const { evidence, context } = readRecord(record);
      return [...evidence, ...context];
    }),
  );
}

/** What is found in logs, one list of events a service. */
export function diagnoseLogs(logs: Readonly<Record<string, readonly string[]>>): Diagnosis {
  const store = createCascadeStore();
  for (const [service, events] of Object.entries(logs))
    for (const evidence of readLog(service, events)) store.add(evidence);
  store.finish();
  return store.diagnose();
}

/** The only cascade in logs. */
export function onlyCascade(logs: Readonly<Record<string, readonly string[]>>): Cascade {
  const { cascades } = diagnoseLogs(logs);
  if (cascades.length !== 1) throw new Error(`${cascades.length} cascades: ${JSON.stringify(cascades.map(inShort))}`);
  return cascades[0] as Cascade;
}

/** A verdict in a few words: `gateway deadline strong -> chat, model`. */
export function inShort({ origin, reached }: Cascade): string {
  const below = reached.map(({ service }) => service).sort();
  return `${origin.service} ${origin.kind} ${origin.confidence} -> ${below.join(", ")}`;
}
