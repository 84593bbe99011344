"use strict";
// The first code of the single executable, and of its threads (scripts/executable.ts): Node.js runs one script of it, and everything else lies beside that as assets.
// Modules are found there as if they lay in a folder beside the executable, which need not exist: chunks stay apart and are loaded when a
// command needs them, https://nodejs.org/api/single-executable-applications.html.
const { getAsset } = require("node:sea");
const { createRequire, registerHooks, syncBuiltinESMExports } = require("node:module");
const { pathToFileURL, fileURLToPath } = require("node:url");
const threads = require("node:worker_threads");

if (!process.env.NODE_ENV) process.env.NODE_ENV = "production";
const base = pathToFileURL(`${process.execPath}.d/`).href;
const loader = `${base}load.js`;

registerHooks({
  resolve(specifier, context, next) {
    if (/^(?:\.|file:)/.test(specifier)) {
      const url = new URL(specifier, context.parentURL ?? base).href;
      if (url.startsWith(base)) return { url, format: "module", shortCircuit: true };
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!url.startsWith(base)) return next(url, context);
    // import() of this script knows Node's own modules only; that of a module beside it goes through these hooks
    if (url === loader)
      return { format: "module", source: "export const load = (url) => import(url);", shortCircuit: true };
    return { format: "module", source: getAsset(decodeURI(url.slice(base.length)), "utf8"), shortCircuit: true };
  },
});

const { load } = createRequire(base)(loader);

// A thread of a module that lies beside this script runs this script first, which hands on to that module
const THREAD = "streamscope.thread";
threads.Worker = class extends threads.Worker {
  constructor(file, options = {}) {
    if (!(file instanceof URL) || !file.href.startsWith(base)) super(file, options);
    else {
      const environment = { ...process.env, [THREAD]: file.href };
      super(getAsset("main.cjs", "utf8"), { ...options, eval: true, env: environment });
    }
  }
};
syncBuiltinESMExports();

const first = process.argv[2];
// The demo starts its services as `node SCRIPT …` with the Node.js that runs it, which is this executable
const script = fileURLToPath(`${base}dist/cli/demo-service.js`);
if (!threads.isMainThread) void load(process.env[THREAD]);
else if (first === script) {
  process.argv.splice(1, 2, script);
  void load(`${base}dist/cli/demo-service.js`);
} else void load(`${base}dist/cli/main.js`).then(({ main }) => main(process.argv.slice(2)));
