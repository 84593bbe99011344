/**
 * Globs: `*` and `?` within a name, `**` across folders, `[a-z]`, `{one,two}`. Compiled to a regular expression.
 *
 * Everything else in a name means itself, see docs/decisions/015-own-globs.md.
 */

/** Says whether a text holds a character that makes it a glob. */
export function isGlob(text: string): boolean {
  return /[*?[{]/.test(text);
}

function escapeLiteral(char: string): string {
  return /[\\^$.*+?()[\]{}|]/.test(char) ? `\\${char}` : char;
}

const STARS: Readonly<Record<string, string>> = { "*": "[^/]*", "**": ".*", "**/": "(?:.*/)?" };

/** Translates a glob to the regular expression that matches whole paths (with `/`). An unclosed bracket or brace stands for itself. */
export function parseGlob(glob: string): RegExp {
  let source = "";
  let braces = 0;
  for (let i = 0; i < glob.length; i += 1) {
    const char = glob[i] as string;
    if (char === "*") {
      const [stars = "*"] = /^\*(?:\*\/?)?/.exec(glob.slice(i)) ?? [];
      source += STARS[stars];
      i += stars.length - 1;
    } else if (char === "?") source += "[^/]";
    else if (char === "[" && glob.indexOf("]", i + 2) > 0) {
      const close = glob.indexOf("]", i + 2);
      const negated = /[!^]/.test(glob[i + 1] ?? "");
      source += `[${negated ? "^" : ""}${glob.slice(i + (negated ? 2 : 1), close).replace(/[\\[\]^]/g, "\\$&")}]`;
      i = close;
    } else if (char === "{" && glob.indexOf("}", i) > 0) {
      braces += 1;
      source += "(?:";
    } else if (char === "}" && braces > 0) {
      braces -= 1;
      source += ")";
    } else if (char === "," && braces > 0) source += "|";
    else source += escapeLiteral(char);
  }
  try {
    return new RegExp(`^${source}${")".repeat(braces)}$`, "s");
  } catch {
    // for example a range out of order, [z-a]: then the text means itself
    return new RegExp(`^${[...glob].map(escapeLiteral).join("")}$`, "s");
  }
}
