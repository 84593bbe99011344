/** Writes THIRD-PARTY-NOTICES.md from what the bundler puts into the program. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle, noticesDocument, packagesIn, root } from "./bundle.ts";

const output = await bundle(null);
writeFileSync(join(root, "THIRD-PARTY-NOTICES.md"), noticesDocument(packagesIn(output)));
