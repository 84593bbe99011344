/** Writes docs/keys.md from the table of keys. */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { keysDocument } from "../src/tui/keys.ts";

writeFileSync(join(dirname(dirname(fileURLToPath(import.meta.url))), "docs", "keys.md"), keysDocument());
