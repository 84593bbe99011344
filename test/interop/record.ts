/**
 * Records chains of Kitex and this runtime in every scenario.
 *
 *     node test/interop/record.ts FOLDER [MAKES…]
 *
 * MAKES are four letters, ServiceA to ServiceD: K for Kitex, O for ours; KOKO, OKOK and OOOO unless given.
 */
import { RecordingFolder, record } from "./recording.ts";

const [folder, ...makes] = process.argv.slice(2);
if (folder === undefined || makes.some((each) => !/^[KO]{4}$/.test(each))) {
  process.stderr.write("usage: node test/interop/record.ts FOLDER [MAKES…], for example KOKO OOOO\n");
  process.exit(2);
}
const recordings = new RecordingFolder(folder);
for (const each of makes.length === 0 ? ["KOKO", "OKOK", "OOOO"] : makes) {
  for await (const recording of record(each)) {
    const { raw } = recordings.add(recording);
    process.stdout.write(`${raw}\n`);
  }
}
