// The gateway of the assistant: browsers speak HTTP to it and get server-sent events, the agent speaks gRPC.
const { randomUUID } = require("node:crypto");
const grpc = require("@grpc/grpc-js");
const protoLoader = require("@grpc/proto-loader");
const express = require("express");
const pino = require("pino");
const pinoHttp = require("pino-http");

const logger = pino({ name: process.env.SERVICE ?? "gateway" });
const { assistant } = grpc.loadPackageDefinition(protoLoader.loadSync(process.env.AGENT_PROTO));
const agent = new assistant.Agent(process.env.AGENT ?? "127.0.0.1:50051", grpc.credentials.createInsecure());
const timeoutMs = Number(process.env.CHAT_TIMEOUT_MS ?? 120_000);

/** The calls under way, by conversation. */
const calls = new Map();

const app = express();
app.use(pinoHttp({ logger, genReqId: (req) => req.headers["x-request-id"] ?? randomUUID() }));
app.use(express.json());

app.post("/v1/chat", (req, res) => {
  const conversation = req.body.conversation ?? randomUUID();
  res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  res.flushHeaders();

  const metadata = new grpc.Metadata();
  metadata.set("x-request-id", String(req.id));
  const call = agent.Chat({ conversationId: conversation, prompt: req.body.prompt }, metadata, {
    deadline: Date.now() + timeoutMs,
  });
  calls.set(conversation, call);

  call.on("data", (chunk) => res.write(`data: ${JSON.stringify(chunk)}\n\n`));
  call.on("error", (err) => {
    calls.delete(conversation);
    req.log.error({ err }, "chat failed");
    res.end(`event: error\ndata: ${JSON.stringify({ message: "the chat failed" })}\n\n`);
  });
  call.on("end", () => {
    calls.delete(conversation);
    if (!res.writableEnded) res.end("data: [DONE]\n\n");
  });
  res.on("close", () => {
    if (res.writableFinished) return;
    req.log.warn("client closed the connection");
    call.cancel();
  });
});

app.post("/v1/chat/:conversation/stop", (req, res) => {
  const call = calls.get(req.params.conversation);
  if (call === undefined) return res.status(404).end();
  req.log.info({ conversation: req.params.conversation }, "stopping chat");
  call.cancel();
  res.status(204).end();
});

const server = app.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  logger.info(`listening on port ${server.address().port}`);
});

process.on("SIGTERM", () => {
  logger.info("shutting down");
  server.close();
  server.closeIdleConnections();
  agent.close();
});
