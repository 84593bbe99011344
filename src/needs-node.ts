/**
 * The first thing every entry point loads: says what is needed, where some later module would fail on a name that an older Node.js has not.
 * So no module may import such a name from a `node:` module; `import * as` finds it missing only when it is used.
 */

/** A sentence where a release of Node.js is too old for this package; null where it is not. `version` is `process.versions.node`. */
export function tooOld(version: string): string | null {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 15)) return null;
  return `streamscope needs Node.js 22.15 or newer; this is v${version}.`;
}

const sentence = tooOld(process.versions.node);
if (sentence !== null) throw new Error(sentence);
