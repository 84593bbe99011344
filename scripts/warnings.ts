/** Writes docs/warnings.md from what the program says about its warnings. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { warningsDocument } from "../src/present/advice.ts";
import { root } from "./bundle.ts";

writeFileSync(join(root, "docs/warnings.md"), warningsDocument());
