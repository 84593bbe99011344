/** `--post`: from words of a command line to where cascades are posted. */
import { usageFailure } from "../failure.ts";
import { readPublicAddress } from "./address.ts";

/** The options about posting, as they stand on the command line. */
export interface PostOptions {
  readonly post?: string;
  readonly format?: string;
  readonly json?: boolean;
}

/** Where to post cascades, and how. */
export interface PostTarget {
  readonly url: URL;
  readonly token: string | null;
}

/**
 * Reads the options; null where nothing is posted. `goesOn`: the reading has no end of its own. `env`: STREAMSCOPE_POST_TOKEN.
 *
 * @throws Failure that says which option is wrong and how to write it
 */
export function readPost(
  { post, format, json }: PostOptions,
  goesOn: boolean,
  env: NodeJS.ProcessEnv,
): PostTarget | null {
  if (post === undefined) return null;
  const usual = "the address that takes them, such as https://hooks.example/cancels";
  const url = readPublicAddress(post, "--post", usual, "STREAMSCOPE_POST_TOKEN");
  if (format !== "jsonl" || json === true || !goesOn)
    throw usageFailure(
      "--post needs --format jsonl, and --listen or --follow: it posts cascades as they settle, one line of JSON each",
    );
  return { url, token: env["STREAMSCOPE_POST_TOKEN"] || null };
}
