/** A diagnosis as text, JSON, Markdown, Mermaid and one HTML page. */
export { reportHtml } from "./html/page.ts";
export {
  cascadeLine,
  type Json,
  reportLines,
  reportObject,
  reportParts,
  stringify,
  summaryLine,
  withdrawnLine,
} from "./json.ts";
export { type Check, reportJunit } from "./junit.ts";
export { reportMarkdown } from "./markdown.ts";
export { reportMermaid } from "./mermaid.ts";
export { PLAIN_STYLES, type Styles } from "./styles.ts";
export { reportCase, reportText, type TextOptions } from "./text.ts";
