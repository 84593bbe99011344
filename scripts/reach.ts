/**
 * What of dist/ the entry points of the package reach.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./bundle.ts";

/** The entry points of the library, without their extensions. */
export const ENTRIES: readonly string[] = [
  "index",
  "runtime/index",
  "grpc/index",
  "grpc/protobuf-es",
  "grpc/connect",
  "http/index",
  "fetch/index",
  "tracer/index",
  "tracer/register",
].map((entry) => join("dist", entry));

/** The files that these files, relative to the checkout, import or re-export, those that they do in turn, and these files themselves. */
export function reachedFrom(files: readonly string[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    const text = readFileSync(join(root, file), "utf8");
    for (const [, target = ""] of text.matchAll(/\b(?:from |import |import\()"(\.[^"]+)"/g)) {
      const path = join(dirname(file), target);
      visit(file.endsWith(".d.ts") ? path.replace(/\.(js|ts)$/, ".d.ts") : path);
    }
  };
  for (const file of files) visit(file);
  return reached;
}
