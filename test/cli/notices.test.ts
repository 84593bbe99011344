import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bundle, noticesDocument, packagesIn, root } from "../../scripts/bundle.ts";

it("THIRD-PARTY-NOTICES.md names exactly what is bundled into the program (node scripts/notices.ts writes it)", async () => {
  const packages = packagesIn(await bundle(null));
  expect(packages.map((each) => each.name)).toEqual(expect.arrayContaining(["commander", "ink", "react"]));
  expect(readFileSync(join(root, "THIRD-PARTY-NOTICES.md"), "utf8")).toBe(noticesDocument(packages));
});
