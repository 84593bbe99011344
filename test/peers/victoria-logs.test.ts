import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "../cli/program.ts";
import { FIXTURES, reportOf, verdictsOf } from "../support/fleet/reports.ts";
import { canHaveVictoriaLogs, VictoriaLogs, victoriaLogsProgram } from "../support/fleet/victoria-logs.ts";

const chain = join(FIXTURES, "kitex/load/chain.jsonl");
const WINDOW = ["--since", "2026-11-23T06:00:00Z", "--until", "2026-11-23T09:00:00Z"];

describe.skipIf(!canHaveVictoriaLogs() || !existsSync(chain))("lines in a real VictoriaLogs", () => {
  beforeAll(async () => {
    await victoriaLogsProgram();
  }, 600_000);

  const askFor = ({ url }: VictoriaLogs): readonly string[] => ["--victorialogs", url, ...WINDOW];

  it("give the cascades of the file, plainly, deeply, and of one service's lines only what they tell", async () => {
    await using logs = await VictoriaLogs.start();
    await logs.take(chain);
    const fromFile = verdictsOf((await reportOf(chain)).cascades);
    expect(fromFile).toHaveLength(114);
    expect(verdictsOf((await reportOf(...askFor(logs))).cascades)).toEqual(fromFile);
    expect(verdictsOf((await reportOf(...askFor(logs), "--deep")).cascades)).toEqual(fromFile);
    const one = await reportOf(...askFor(logs), "--victorialogs-filter", "service:=ServiceD");
    expect(one.input.records).toBeGreaterThan(0);
    expect(one.input.records).toBeLessThan((await reportOf(...askFor(logs))).input.records / 2);
  });

  it("give them from two storage nodes, and no report at all where one of the nodes is away", async () => {
    await using first = await VictoriaLogs.start();
    await using second = await VictoriaLogs.start();
    await using front = await VictoriaLogs.start([first.address, second.address]);
    await Promise.all([first.take(chain, 0, 2), second.take(chain, 1, 2)]);
    expect(verdictsOf((await reportOf(...askFor(front))).cascades)).toEqual(
      verdictsOf((await reportOf(chain)).cascades),
    );
    await second[Symbol.asyncDispose]();
    const { code, stdout, stderr } = await runProgram(["scan", ...askFor(front)]);
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toMatch(/cannot be asked: it answers 50\d /);
    expect(stderr).toContain(second.address);
  });
});
