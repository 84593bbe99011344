import type { IBufferCell, Terminal } from "@xterm/headless";

/** The lines of a terminal as text, with the style of each stretch in front of it: `<#87d7ff bold>gateway<>`. */
export function styledLines({ buffer, rows, cols }: Terminal): readonly string[] {
  const { active } = buffer;
  return Array.from({ length: rows }, (_, row) => {
    const cells = Array.from({ length: cols }, (__, column) => active.getLine(active.baseY + row)?.getCell(column));
    let before = "";
    let text = "";
    for (const cell of cells) {
      const sign = cell?.getChars() || " ";
      const style = cell === undefined || sign === " " ? before : styleOf(cell);
      text += style === before ? sign : `<${style}>${sign}`;
      before = style;
    }
    return text.trimEnd();
  });
}

function styleOf(cell: IBufferCell): string {
  const number = cell.getFgColor();
  const ink = cell.isFgDefault() ? "" : cell.isFgRGB() ? `#${number.toString(16).padStart(6, "0")}` : `${number}`;
  const weights = [cell.isBold() && "bold", cell.isInverse() && "inverse", cell.isUnderline() && "underline"];
  return [ink, ...weights].filter(Boolean).join(" ");
}
