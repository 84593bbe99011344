/**
 * The tools as a server of the Model Context Protocol on standard input and output (https://modelcontextprotocol.io/specification). None of
 * them changes anything.
 */
import { randomBytes } from "node:crypto";
import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import * as z from "zod";
import { asData } from "./answer.ts";
import { Refusal } from "./refusal.ts";

/** What is asked of `diagnose`. */
export interface DiagnoseQuestion {
  readonly paths?: readonly string[] | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly where?: string | undefined;
  readonly limit?: number | undefined;
}

/** What is asked of `history`. */
export interface HistoryQuestion {
  readonly words?: string | undefined;
  readonly where?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly compare?: string | undefined;
  readonly by?: "day" | "week" | undefined;
  readonly limit?: number | undefined;
}

/** What the tools do; each gives text that may hold whatever logs hold. An error's message is the answer where it is a {@link Refusal}. */
export interface Toolbox {
  readonly diagnose: (question: DiagnoseQuestion, signal: AbortSignal) => Promise<string>;
  readonly cascade: (id: string) => Promise<string>;
  readonly explain: (text: string) => Promise<string>;
  /** Null where no history was named. */
  readonly history: ((question: HistoryQuestion) => Promise<string>) | null;
}

/** What a server is told besides its tools. */
export interface ServeOptions {
  readonly version: string;
  /** In a sentence: which files and stores there are. */
  readonly about: string;
  /** Is told of defects. */
  readonly onDefect: (error: unknown) => void;
}

const READ_ONLY = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false } as const;
const TIME = 'a duration before now (15m, 2h, 7d) or a time ("2026-11-23T06:57:00Z")';
const WHERE =
  "conditions and words, all of which must hold: who=gateway how=timed-out kind=deadline code=12015 service=chat reached>3 sure<strong text=/eof|reset/";

const short = z.string().max(1_000);
const limit = z.number().int().min(1).max(100);

/** Serves until standard input ends. */
export async function serve(tools: Toolbox, options: ServeOptions): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    process.stdin.once("end", resolve);
    process.stdin.once("close", resolve);
  });
  const handle = serveStdio(() => createServer(tools, options), { onerror: options.onDefect });
  await ended;
  await handle.close();
}

function createServer(tools: Toolbox, { version, about, onDefect }: ServeOptions): McpServer {
  const server = new McpServer(
    { name: "streamscope", version },
    {
      capabilities: { tools: {} },
      instructions: `Finds out from logs and traces which service started a stream cancellation, why, and who was stopped by it. ${about} Begin with diagnose over the logs of all services of a chain at once, then ask cascade for one of the ids.`,
    },
  );
  const marked = (text: string, more: string): Result => {
    return { content: [{ type: "text", text: asData(text, randomBytes(6).toString("hex"), more) }] };
  };
  const answer = async (work: () => Promise<string>, more: string): Promise<Result> => {
    try {
      return marked(await work(), more);
    } catch (error) {
      if (error instanceof Refusal) return { ...marked(error.message, more), isError: true };
      onDefect(error);
      return { ...marked("this is a defect of streamscope; its log says more", more), isError: true };
    }
  };
  server.registerTool(
    "diagnose",
    {
      title: "Who started each cancel, and why",
      description: `Reads logs and traces and says which service started each cancellation, how sure that is and why, with the tree of who was stopped. ${about}`,
      inputSchema: z.object({
        paths: z
          .array(short)
          .max(100)
          .optional()
          .describe("files and folders below the roots; without any the stores are asked"),
        since: short.optional().describe(`only cancels after it: ${TIME}`),
        until: short.optional().describe(`only cancels before it: ${TIME}`),
        where: short.optional().describe(WHERE),
        limit: limit.optional().describe("so many shapes of cancel, the weightiest first (default: 5)"),
      }),
      annotations: READ_ONLY,
    },
    async (question, context) =>
      await answer(
        () => tools.diagnose(question, context.mcpReq.signal),
        "Ask with where, since or a smaller limit; cascade(id) tells all of one.",
      ),
  );
  server.registerTool(
    "cascade",
    {
      title: "All that is known of one cancel",
      description: "The tree, the reasons and the lines of evidence of one cancel that diagnose or history has named.",
      inputSchema: z.object({ id: short.describe("its id, or the beginning of it") }),
      annotations: READ_ONLY,
    },
    async ({ id }) => await answer(() => tools.cascade(id), "There is no way to see the rest of it here."),
  );
  server.registerTool(
    "explain",
    {
      title: "An error text, part by part",
      description:
        "Takes the text of an error about a cancelled stream apart: what each part means, and what to look at next.",
      inputSchema: z.object({
        text: z
          .string()
          .min(1)
          .max(64 * 1024)
          .describe("the text as it stands in a log"),
      }),
      annotations: READ_ONLY,
    },
    async ({ text }) => await answer(() => tools.explain(text), "Ask for a part of the text."),
  );
  const { history } = tools;
  if (history === null) return server;
  server.registerTool(
    "history",
    {
      title: "Cancels of months",
      description:
        "Without words: who started how many cancels, by day or week. With since and compare: what is new or more since a deploy. With words or where: old cancels, each with its id.",
      inputSchema: z.object({
        words: short
          .optional()
          .describe('whole words that stand in names, ids or lines; conn* begins one, "peer close" stands together'),
        where: short.optional().describe(WHERE),
        since: short.optional().describe(TIME),
        until: short.optional().describe(TIME),
        compare: short
          .optional()
          .describe("with since: where the time before it begins; a duration counts back from since"),
        by: z.enum(["day", "week"]).optional(),
        limit: limit.optional().describe("so many rows (default: 20)"),
      }),
      annotations: READ_ONLY,
    },
    async (question) =>
      await answer(() => history(question), "Ask with more words, a shorter time or a smaller limit."),
  );
  return server;
}

interface Result {
  readonly content: { type: "text"; text: string }[];
  readonly isError?: boolean;
  readonly [key: string]: unknown;
}
