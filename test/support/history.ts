import { HistoryReader, HistoryWriter } from "../../src/history/index.ts";
import type { Cascade } from "../../src/model/index.ts";

/** Keeps cascades in a file as one run of the program does; `nowMs`: when that is. */
export async function keepIn(path: string, cascades: readonly Cascade[], nowMs: number, revision = 1): Promise<void> {
  const writer = await HistoryWriter.open(path);
  writer.keep(
    cascades.map((cascade) => ({ cascade, revision })),
    nowMs,
  );
  writer.close();
}

/** Asks a file, and closes it again. */
export async function readFrom<T>(path: string, ask: (reader: HistoryReader) => T): Promise<T> {
  const reader = await HistoryReader.open(path);
  try {
    return ask(reader);
  } finally {
    reader.close();
  }
}
