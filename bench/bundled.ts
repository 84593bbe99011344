import { dirname, join, resolve } from "node:path";
import { rolldown } from "rolldown";

/** A module of this folder as one file, as the program is built: with the production build of React, and reading TypeScript takes memory. */
export async function bundled(name: string): Promise<string> {
  const file = resolve(import.meta.dirname, `../.cache/bench/${name}/${name}.js`);
  const bundle = await rolldown({
    input: join(import.meta.dirname, `${name}.ts`),
    platform: "node",
    external: ["react-devtools-core"],
    transform: { define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"' } },
    logLevel: "silent",
  });
  await bundle.write({ dir: dirname(file), format: "esm" });
  return file;
}
