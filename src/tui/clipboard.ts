/**
 * Text for the clipboard of the terminal that a person sits at, through ssh and tmux: OSC 52. Text in, bytes out.
 */

/** Terminals that are known not to take it, by TERM or TERM_PROGRAM. */
const DEAF = /^(?:linux|dumb|vt\d+|)$/;

/** What terminals take at least: xterm's limit, in signs of base64. */
const MOST_BASE64 = 74_994;

/**
 * The bytes that put a text into the clipboard; null where the terminal takes none, or the text is too long. Inside tmux also wrapped, so
 * that the terminal around it gets them.
 */
export function clipboardBytes(text: string, env: NodeJS.ProcessEnv): string | null {
  const { TERM: term = "", TERM_PROGRAM: program = "", TMUX: tmux = "" } = env;
  if (DEAF.test(term) || program === "Apple_Terminal") return null;
  const base64 = Buffer.from(text, "utf8").toString("base64");
  if (base64.length > MOST_BASE64) return null;
  const plain = `\u001b]52;c;${base64}\u0007`;
  if (tmux === "") return plain;
  return `${plain}\u001bPtmux;${plain.replaceAll("\u001b", "\u001b\u001b")}\u001b\\`;
}
