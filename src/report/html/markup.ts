/** Pieces of HTML: everything that comes from outside is escaped here, once. */
import { printable } from "../../model/index.ts";

/** HTML that is safe to put into a page. */
export interface Markup {
  readonly html: string;
}

type Piece = Markup | string | number | readonly (Markup | string)[];

/** Text as HTML: no sign of it acts, neither on a page nor on a reader's direction of writing. */
function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Makes HTML of a template: its own text stands as it is, what is put in is escaped, pieces of HTML excepted. */
export function html(parts: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  return {
    html: parts.map((part, index) => part + (index < values.length ? pieceOf(values[index] as Piece) : "")).join(""),
  };
}

/** Text of our own that stands in the page as it is: styles and scripts. */
export function verbatim(text: string): Markup {
  return { html: text };
}

/** Nothing. */
export const NONE: Markup = { html: "" };

function pieceOf(piece: Piece): string {
  if (typeof piece === "string") return escapeHtml(piece);
  if (typeof piece === "number") return String(piece);
  return "html" in piece ? piece.html : piece.map(pieceOf).join("");
}
