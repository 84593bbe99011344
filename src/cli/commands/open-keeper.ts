import type { Redaction } from "../../present/index.ts";
import { type KeepOptions, openKept, readKeep } from "../options/history.ts";
import type { Keeper } from "../terminal/keeper.ts";

/**
 * Opens what keeps cascades, for the commands that read; what it needs is loaded only then. Null where nothing is to be kept.
 *
 * @throws Failure for wrong options, and where the file cannot be written
 */
export async function openKeeper(options: KeepOptions, redaction: Redaction): Promise<Keeper | null> {
  const scope = readKeep(options);
  if (scope === null) return null;
  const { createKeeper } = await import("../terminal/keeper.ts");
  return createKeeper(await openKept(scope), scope.keepMs, redaction);
}
