#!/usr/bin/env node
// Old syntax on purpose: a Node.js that is too old must read this file to say so in one sentence.
"use strict";
var parts = process.versions.node.split(".");
var nodeModule = require("node:module");
var major = Number(parts[0]);
var minor = Number(parts[1]);
if (major < 22 || (major === 22 && minor < 15)) {
  process.stderr.write("streamscope needs Node.js 22.15 or newer; this is " + process.version + ".\n");
  process.exitCode = 2;
} else {
  if (!process.env.NODE_ENV) process.env.NODE_ENV = "production";
  // Compiling the same code at every start costs more than the work of most calls. Older releases of 22 do without.
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
  import("../dist/cli/main.js").then(
    (cli) => cli.main(process.argv.slice(2)),
    (error) => {
      if (error && error.code === "ERR_MODULE_NOT_FOUND" && /dist.cli.main/.test(String(error.message))) {
        process.stderr.write("streamscope is not built yet: run `npm run build` first.\n");
        process.exitCode = 2;
      } else {
        throw error;
      }
    },
  );
}
