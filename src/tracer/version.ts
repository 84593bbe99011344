import { readFileSync } from "node:fs";

/** This package's version, from its package.json: two folders above, in a checkout as in the package. */
export function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return (manifest as { version: string }).version;
}
