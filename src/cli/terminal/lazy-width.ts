/**
 * The width of text, for the bundle: takes the place of the package `string-width` everywhere in it, also inside Ink.
 *
 * The package builds tables of all emoji when it is loaded, which takes longer than a scan of a small file, and Ink's parts bring five
 * copies of it. Almost no text needs them: printable ASCII, the signs our drawings are made of and colours are counted here, and only
 * other text loads the package (the bundle has it as a file of its own).
 */
import { createRequire } from "node:module";
import { stripVTControlCharacters } from "node:util";

type Measure = (text: string, options?: object) => number;

const SIMPLE = /^(?:[\u0020-\u007e·×…←↑→↓─│└├╌▸]|\u001b\[[0-9;]*m)*$/;

let whole: Measure | null = null;

/** Columns of a text on a terminal, as string-width counts them. */
function measure(text: string, options?: object): number {
  if (options === undefined && typeof text === "string" && SIMPLE.test(text)) {
    return text.includes("\u001b") ? stripVTControlCharacters(text).length : text.length;
  }
  whole ??= (createRequire(import.meta.url)("./string-width.js") as { default: Measure }).default;
  return whole(text, options);
}

// biome-ignore lint/style/noDefaultExport: the package it takes the place of has one
export { measure as default };
