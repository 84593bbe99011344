/** `--jaeger` and its kin: from words of a command line to questions for a Jaeger. */
import type { JaegerScope } from "../../pipeline/index.ts";
import { usageFailure } from "../failure.ts";

/** The options, as they stand on the command line. */
export interface JaegerCliOptions {
  readonly jaeger?: string;
  readonly jaegerService?: readonly string[];
  readonly jaegerTag?: readonly string[];
}

/**
 * Reads the options; null where no Jaeger is to be asked.
 *
 * @throws Failure that says which option is wrong and how to write it
 */
export function readJaegerOptions({ jaeger, jaegerService, jaegerTag }: JaegerCliOptions): JaegerScope | null {
  if (jaeger === undefined) {
    if (jaegerService === undefined && jaegerTag === undefined) return null;
    throw usageFailure("--jaeger-service and --jaeger-tag need --jaeger URL: they say what it is asked for");
  }
  const url = URL.canParse(jaeger) ? new URL(jaeger) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw usageFailure(`--jaeger "${jaeger}": write the address of its query API, such as http://127.0.0.1:16686`);
  }
  const tags = Object.fromEntries(
    (jaegerTag ?? []).map((text) => {
      const at = text.indexOf("=");
      if (at < 1) {
        throw usageFailure(`--jaeger-tag "${text}": write NAME=VALUE, such as streamscope.cancel.origin=ServiceA`);
      }
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
  return { url, services: jaegerService ?? [], tags };
}
