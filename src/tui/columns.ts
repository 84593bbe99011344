import stringWidth from "string-width";
import { type Columns, createColumns, printable } from "../present/index.ts";

const columns: Columns = createColumns((text) => stringWidth(text));

/** Columns a printable text takes on a terminal. */
export const widthOf: Columns["widthOf"] = columns.widthOf;
/** Fills with spaces up to a width. */
export const pad: Columns["pad"] = columns.pad;
/** Fills with spaces on the left side. */
export const padLeft: Columns["padLeft"] = columns.padLeft;
/** Cuts at a width. */
export const cut: Columns["cut"] = columns.cut;
/** Breaks into lines of at most a width. */
export const wrap: Columns["wrap"] = columns.wrap;

/** A count with separators: `1,204`. */
export function count(value: number): string {
  // Intl.NumberFormat would take some milliseconds of the start.
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** A name for print: safe, and visible where it is empty or not known. */
export function shownName(name: string | null): string {
  if (name === null) return "? not known";
  return name.trim() === "" ? `"${name}"` : printable(name);
}
