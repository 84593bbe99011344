import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createClient, createServer } from "../../../src/runtime/index.ts";
import { Chat, Response, request } from "../../support/chat.ts";

/** The kernel's timers of the sockets of a port, both ends: `02` is keep-alive's (proc_net_tcp). */
function timersOf(port: number): string[] {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = "", remote = "", state]) => state === "01" && (local.endsWith(hex) || remote.endsWith(hex)))
    .map(([, , , , , timer = ""]) => timer.slice(0, 2));
}

describe.runIf(process.platform === "linux")("a connection", () => {
  it("is asked for by the kernel at both ends, once it is silent", async () => {
    await using server = createServer({ name: "B", log: null }).add(Chat, {
      unary: ({ message }) => Response.create({ message }),
    });
    const { port, address } = await server.listen();
    await using client = createClient(Chat, { target: address, name: "A" });
    await client.unary(request("x"));
    // While an answer is not acknowledged the timer is another one.
    while (!timersOf(port).every((timer) => timer === "02")) await new Promise((resolve) => setImmediate(resolve));
    expect(timersOf(port)).toEqual(["02", "02"]);
  });
});
