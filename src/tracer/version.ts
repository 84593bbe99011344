import { readFileSync } from "node:fs";

/** Put into the bundle of the program by scripts/bundle.ts; the library reads its package.json. */
declare const BUNDLED_VERSION: string | undefined;

/** This package's version, from its package.json: two folders above, in a checkout as in the package. */
export function readVersion(): string {
  if (typeof BUNDLED_VERSION === "string") return BUNDLED_VERSION;
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return (manifest as { version: string }).version;
}
