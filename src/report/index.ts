/** A diagnosis as text, JSON, Markdown and Mermaid. */
export { reportLines, reportObject, stringify } from "./json.ts";
export { reportMarkdown } from "./markdown.ts";
export { reportMermaid } from "./mermaid.ts";
export type { Styles } from "./styles.ts";
export { reportText } from "./text.ts";
