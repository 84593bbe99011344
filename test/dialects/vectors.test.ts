import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  findKitexErrors,
  type KitexError,
  prefilter,
  readGrpcTail,
  sideOfGrpc,
  unquoteGo,
} from "../../src/dialects/index.ts";
import { readSources } from "../../src/sources/index.ts";
import { isCutSentence } from "../../src/ttstream/index.ts";

interface Expected {
  readonly dialect: string;
  readonly code: number | null;
  readonly side: string | null;
  readonly path: readonly string[] | null;
  readonly message: string;
  readonly inner?: readonly Expected[];
  readonly truncated?: boolean;
  readonly triggeredBy?: string;
  readonly prefixes?: readonly string[];
  readonly rstCode?: number;
}

const { texts } = JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures/ttstream-vectors.json"), "utf8")) as {
  texts: readonly { name: string; text: string; errors: readonly Expected[] }[];
};

/** What is known of an error, in the words of the vectors. An inner error was written elsewhere: its side says nothing. */
function tell(error: KitexError, nested = false): Record<string, unknown> {
  const { fields } = error;
  const inner = error.inner === null ? {} : { inner: [tell(error.inner, true)] };
  if (fields.dialect === "ttstream") {
    const truncated = error.truncated || isCutSentence(fields.code, error.message);
    const { cutSide: _, ...whole } = fields;
    return { ...whole, message: error.message, ...inner, ...(truncated ? { truncated } : {}) };
  }
  if (fields.dialect === "grpc") {
    const tail = readGrpcTail(error.message);
    const { message, triggeredBy, rstCode } = tail;
    const { dialect, code, word } = fields;
    expect(word).toBe(false);
    return {
      dialect,
      code,
      side: nested ? null : sideOfGrpc(fields.code, tail),
      path: null,
      message,
      ...(triggeredBy === null ? {} : { triggeredBy }),
      ...(rstCode === null ? {} : { rstCode }),
      ...inner,
    };
  }
  if (fields.dialect === "grpc-conn") {
    return { ...fields, code: null, side: "client", path: null, message: unquoteGo(error.message) };
  }
  return { ...fields, side: null, path: null, message: error.message };
}

function expected(error: Expected): Record<string, unknown> {
  const { inner } = error;
  const known = ["dialect", "code", "side", "path", "message", "truncated", "triggeredBy", "rstCode"] as const;
  const fields = Object.fromEntries(known.filter((key) => key in error).map((key) => [key, error[key]]));
  return inner === undefined ? fields : { ...fields, inner: inner.map(expected) };
}

/** Errors in a text as a log file would hold it: JSON lines are taken apart by the sources. */
async function errorsIn(text: string): Promise<KitexError[]> {
  if (!text.startsWith("{")) return findKitexErrors(text);
  async function* stdin(): AsyncGenerator<string> {
    yield `${text}\n`;
  }
  const found: KitexError[] = [];
  for await (const records of readSources(["-"], { prefilter, timezone: "UTC", stdin: stdin() })) {
    for (const record of records) for (const each of record.texts) found.push(...findKitexErrors(each));
  }
  return found;
}

describe("the texts of the vectors", () => {
  it("are all here", () => {
    expect(texts.length).toBeGreaterThanOrEqual(76);
  });

  it.each(texts)("$name is read as its fields", async ({ text, errors }) => {
    const found = await errorsIn(text);
    expect(found.map((error) => tell(error))).toEqual(errors.map(expected));
    found.forEach((error, index) => {
      const prefixes = errors[index]?.prefixes;
      if (prefixes !== undefined) expect(error.prefixes).toEqual(prefixes);
    });
  });
});
