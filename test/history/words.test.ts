import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WORDS } from "../../src/history/schema.ts";
import { holdsWords, matchOf, parseSearch } from "../../src/history/words.ts";

const holds = (text: string, search: string): boolean => holdsWords(text, parseSearch(search));

describe("a search", () => {
  it("looks for whole words in any order, whatever their case", () => {
    expect(holds("read tcp: Connection reset by PEER", "peer connection")).toBe(true);
    expect(holds("read tcp: Connection reset by PEER", "peers")).toBe(false);
    expect(holds("read tcp: Connection reset by PEER", "connect")).toBe(false);
  });

  it("takes a star as the rest of a word", () => {
    expect(holds("context canceled", "cancel*")).toBe(true);
    expect(holds("context canceled", "ancel*")).toBe(false);
  });

  it("keeps words in quotes, and words joined by signs, together", () => {
    expect(holds("context was canceled", '"context canceled"')).toBe(false);
    expect(holds("code=12007 [server-side stream]", "server-side")).toBe(true);
    expect(holds("side of a server", "server-side")).toBe(false);
    expect(holds("the peer closed", '"peer closed')).toBe(true);
  });

  it("without a word is empty", () => {
    expect(parseSearch(' "" -- ** "!" ')).toEqual([]);
  });

  it("finds by FTS5 what reading the texts finds", () => {
    const db = new DatabaseSync(":memory:");
    db.exec(WORDS);
    const insert = db.prepare("INSERT INTO words (rowid, text) VALUES (?, ?)");
    const words = ["peer", "closed", "reset", "re", "12007", "größe", "取消", "a-b", "x_y", 'q"q', "NEAR", "OR", "*"];
    const text = fc.array(fc.constantFrom(...words, " ", ".", "\n"), { maxLength: 12 }).map((all) => all.join(" "));
    const asked = fc
      .array(fc.tuple(fc.constantFrom(...words), fc.constantFrom("", "*", " peer")), { minLength: 1, maxLength: 3 })
      .map((all) => all.map(([word, end]) => (end === " peer" ? `"${word}${end}"` : word + end)).join(" "));
    let row = 0;
    fc.assert(
      fc.property(text, asked, (body, question) => {
        const search = parseSearch(question);
        fc.pre(search.length > 0);
        row += 1;
        insert.run(row, body);
        const found = db
          .prepare("SELECT rowid FROM words WHERE words MATCH ? AND rowid = ?")
          .all(matchOf(search), BigInt(row)).length;
        expect(found === 1).toBe(holdsWords(body, search));
      }),
    );
  });
});
