import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ClientOptions, createClient, createServer } from "../../../src/runtime/index.ts";
import { Chat, Response, request } from "../../support/chat.ts";

const pem = (name: string) => readFileSync(join(import.meta.dirname, "../../fixtures/tls", `${name}.pem`));
const ours = { key: pem("server.key"), cert: pem("server.cert"), ca: pem("client.cert"), requestCert: true };
const client = { ca: pem("server.cert"), key: pem("client.key"), cert: pem("client.cert") };

/** A server, what it logs, and what a client of these options gets. */
async function call(tls: ClientOptions["tls"] | null, server: typeof ours | null = ours) {
  const log: string[] = [];
  const callers: string[] = [];
  await using made = createServer({
    name: "B",
    ...(server === null ? {} : { tls: server }),
    log: (_level, text) => log.push(text),
  }).add(Chat, {
    unary(_request, { certificate, peer }) {
      callers.push(`${certificate?.subject.CN ?? "nobody"} who calls itself ${peer.name}`);
      return Response.create();
    },
  });
  const { port } = await made.listen();
  await using caller = createClient(Chat, {
    target: `localhost:${port}`,
    name: "admin",
    dialTimeoutMs: 5000,
    ...(tls === null ? {} : { tls }),
  });
  const outcome = await (caller.unary(request("x"), { timeoutMs: 5000 }) as Promise<unknown>).then(
    () => "ended well",
    ({ message, cause }: Error) =>
      cause instanceof Error && message.includes("EOF") ? `${message} (${cause.message})` : message,
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  return { outcome, log: log.map((line) => line.replace(/127\.0\.0\.1:\d+/, "IP")), callers };
}

describe("TLS", () => {
  it("tells a handler who is calling by the certificate, not by the name", async () => {
    expect(await call(client)).toEqual({
      outcome: "ended well",
      log: [],
      callers: ["client who calls itself admin"],
    });
  });

  it("refuses a client without a certificate, and one of a stranger, with a sentence in the log", async () => {
    for (const tls of [{ ca: client.ca }, { ...client, key: pem("stranger.key"), cert: pem("stranger.cert") }]) {
      const { outcome, log, callers } = await call(tls);
      expect(outcome).not.toBe("ended well");
      expect(log).toEqual([expect.stringMatching(/^the TLS handshake with .+ failed: /)]);
      expect(callers).toEqual([]);
    }
  });

  it("lets no client talk to a server of an unknown CA", async () => {
    const { outcome } = await call({ ...client, ca: pem("stranger.cert") });
    expect(outcome).toMatch(/^remote or network error: dial tcp localhost:\d+: .*certificate/);
  });

  it("says to a plain client that the server speaks TLS, and to the server's log what came", async () => {
    const { outcome, log } = await call(null);
    expect(outcome).toBe(
      "[ttstream error, code=12004] EOF peer close (the server closed without a word: does it speak TLS?)",
    );
    expect(log).toEqual([expect.stringMatching(/^the TLS handshake with .+ failed: /)]);
  });

  it("says to the log of a plain server that a client began TLS", async () => {
    const { outcome, log } = await call(client, null);
    expect(outcome).toContain("remote or network error: dial tcp localhost:");
    expect(log).toEqual([expect.stringContaining("began a TLS handshake; this port is not encrypted")]);
  });
});

describe("a TLS server that closes", () => {
  it("ends a handshake that nobody finishes, and says nothing of it", async () => {
    const log: string[] = [];
    const server = createServer({ name: "B", tls: ours, log: (_level, text) => log.push(text) }).add(Chat, {
      unary: async () => Response.create(),
    });
    const { port } = await server.listen();
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    // A whole call afterwards: the server has met both sockets
    socket.write(Buffer.from("160301", "hex"));
    const established = createClient(Chat, { target: `localhost:${port}`, tls: client });
    await established.unary(request("x"));
    const ended = once(socket, "close");
    await server.close();
    await ended;
    expect(log).toEqual([]);
    await established.close();
  });
});

describe("a client at another protocol's port", () => {
  it("is told that it is HTTP", async () => {
    const web = createHttpServer((_request, response) => response.end());
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    const { port } = web.address() as AddressInfo;
    await using caller = createClient(Chat, { target: `127.0.0.1:${port}` });
    await expect(caller.unary(request("x"))).rejects.toThrow("the server answers over HTTP, this is not its port");
    web.close();
  });
});
