/** What a following reads from in turns: it has something now, or may have some day. */
import type { SourceRecord } from "../../model/index.ts";
import type { Mergeable } from "../files/merge.ts";
import type { Position } from "../scan/line-marks.ts";

/** A reader of which one pass takes what is there at the moment. */
export interface LaneReader {
  read(): Promise<readonly SourceRecord[] | null>;
  close(): Promise<void>;
  /** True where all is taken that is there, and more may come; absent where nothing may. */
  readonly resting?: boolean;
  /** How far it has come; absent where there is no going on from there. */
  readonly position?: Position;
}

/** One pass over a reader, in the habits of a source of the merge: its end is where nothing is there for now. */
export function passOver(
  reader: LaneReader,
  startAt: Mergeable["startAt"],
  onDone: (ended: boolean) => void,
): Mergeable {
  let done = false;
  return {
    startAt,
    open: () => ({
      async read(): Promise<readonly SourceRecord[] | null> {
        if (done) return null;
        const records = await reader.read();
        done = records === null || reader.resting === true;
        if (done) onDone(records === null);
        return records;
      },
      close: async () => undefined,
    }),
  };
}
