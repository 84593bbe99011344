import { describe, expect, it } from "vitest";
import { cleanText } from "../../src/ttstream/index.ts";

describe("cleanText", () => {
  it.each([
    ["colours and movements", "\u001b[1;31mred\u001b[0m \u001b[2Kx\u001b[?25ly", "red xy"],
    [
      "titles and links, ended by BEL, by ST or by the next escape",
      "\u001b]0;t\u0007a\u001b]8;;u\u001b\\b\u001b]0;t\u001b[mc",
      "abc",
    ],
    ["sequences of two characters", "\u001bMa\u001b_b\u001b\\c", "abc"],
    ["line ends of Windows", "a\r\nb\r\n\nc", "a\nb\n\nc"],
    ["arrows that JSON escaped", "a -\\u003e b \\u003c- c -\\u003e d", "a -> b <- c -> d"],
  ])("takes away %s", (_what, text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });

  it.each(["plain", "", "a\rb", "a\nb", "\\u0041", "\u001b", "[0m", "é -> 漢"])("leaves %j as it is", (text) => {
    expect(cleanText(text)).toBe(text);
  });
});
