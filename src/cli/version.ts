import { ownText } from "./inside.ts";

/** Put into the bundle by scripts/bundle.ts. */
declare const BUNDLED_VERSION: string | undefined;

/** The version of the program; a checkout reads it from its package.json. */
export function readVersion(): string {
  if (typeof BUNDLED_VERSION === "string") return BUNDLED_VERSION;
  const manifest: unknown = JSON.parse(ownText("package.json") ?? "{}");
  return (manifest as { version: string }).version;
}
