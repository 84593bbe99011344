/**
 * The middleware of docs/kitex.md in real Kitex services: with nothing in the logs but what it writes, the service that cancelled is found,
 * however the services between derive the contexts of their calls.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { diagnose, evidenceOf } from "../support/diagnose.ts";
import { cancelWithKitex, kitexPeer, serveKitex } from "../support/kitex.ts";

const folder = mkdtempSync(join(tmpdir(), "streamscope-middleware-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const program = kitexPeer();

describe.skipIf(program === null)("the middleware that logs why a stream was ended", () => {
  it.each(["none", "value", "cancel", "timeout", "cause"])(
    "names the origin where contexts are derived: %s",
    async (derive) => {
      const kitex = program as string;
      const logs = ["ServiceB", "ServiceC"].map((name) => join(folder, `${derive}-${name}.log`));
      const [logB = "", logC = ""] = logs;
      const c = await serveKitex(kitex, "ServiceC", ["--quiet", "--cancel-log", logC]);
      await using _c = c.peer;
      const derives = ["--derive", derive, ...(derive === "timeout" ? ["--derive-timeout", "1m"] : [])];
      const next = ["--next", c.address, "--next-name", "ServiceC"];
      const b = await serveKitex(kitex, "ServiceB", ["--quiet", "--cancel-log", logB, ...next, ...derives]);
      await using _b = b.peer;
      const call = ["--name", "ServiceA", "--to-name", "ServiceB", "--method", "ServerStream"];
      const flags = [...call, "--interval-us", "5000", "--cancel-after", "5"];
      const returned = b.peer.line(({ event }) => event === "handler_return");
      await cancelWithKitex(kitex, b.address, flags, returned);
      for (const { peer } of [b, c]) {
        await peer.line(({ event }) => event === "handler_return");
        // What is around the handler writes behind it
        peer.process.kill("SIGTERM");
        await peer.done;
      }

      const { cascades } = diagnose(await evidenceOf(logs));
      expect(
        cascades.map(({ origin, reached }) => [origin.service, origin.kind, reached.map((hop) => hop.service)]),
      ).toEqual([["ServiceA", "cancel", ["ServiceB", "ServiceC"]]]);
    },
  );

  it("stands in docs/kitex.md as it is run here", () => {
    const source = readFileSync(new URL("../interop/kitex-peer/cancellog/cancellog.go", import.meta.url), "utf8");
    const guide = readFileSync(new URL("../../docs/kitex.md", import.meta.url), "utf8");
    expect(guide).toContain(`\`\`\`go\n${source}\`\`\``);
  });
});
