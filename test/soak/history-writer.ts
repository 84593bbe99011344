/** Keeps cascades as fast as it can, a few at a time or enough for a block, and prints the ids of each lot once it is kept. */
import { writeSync } from "node:fs";
import { HistoryWriter } from "../../src/history/index.ts";
import { deadlineCascade } from "../story.ts";

const [path = "", run = ""] = process.argv.slice(2);
const writer = await HistoryWriter.open(path);
for (let lot = 0; ; lot += 1) {
  const ids = Array.from({ length: 1 + ((lot * 5) % 37) }, (_, index) => `r${run}x${lot}x${index}`);
  // Every lot also changes one of the lot before, so that replacing is cut short as well
  if (lot > 0) ids.push(`r${run}x${lot - 1}x0`);
  writer.keep(
    ids.map((id) => ({ cascade: { ...deadlineCascade(id), count: lot + 1 }, revision: lot + 1 })),
    Date.now(),
  );
  if (lot % 5 === 0) writer.tend(0);
  // Synchronously: what is printed has been kept, whenever this process ends
  writeSync(1, `${ids.join(" ")}\n`);
}
