/** Writes the table of options into docs/cli.md: `node scripts/options.ts`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { optionsTable } from "../src/cli/options/table.ts";
import { root } from "./bundle.ts";

const file = join(root, "docs/cli.md");
const text = readFileSync(file, "utf8");
writeFileSync(
  file,
  text.replace(
    /(<!-- options -->\n)[\s\S]*?(<!-- end of options -->)/,
    (_, begin, end) => `${begin}\n${optionsTable()}\n\n${end}`,
  ),
);
