import { describe, expect, it } from "vitest";
import { exportOf } from "../../../src/sources/files/unpacked.ts";
import { readPage, textOfPage } from "../../../src/sources/formats/page.ts";

describe("a page that was saved", () => {
  it.each([
    [
      "colours in the middle of words",
      '[ttstream <span style="color:red">error</span>, c<b class=x>od</b>e=7]',
      "[ttstream error, code=7]",
    ],
    ["blanks", "<font>a</font>&nbsp;<font>b</font>&#160;c", "a b c"],
    ["blanks without a tag", "a&nbsp;b", "a b"],
    ["lines in one", "<p>a<br>b<BR/>c</p><div title='x > y'>d</div>", "a\nb\nc\nd"],
    ["a heading", '<div><h2 id="x">chat<a href="#">.log</a></h2><pre>cancel', "### chat.log\ncancel"],
    ["rows", "<tr><td>a</td> <td class='m'>b</td></tr><tr><th>c</th><th>d</th></tr>", "a\tb\nc\td"],
    ["nothing", "</pre></body></html>", ""],
    ["a comment", "<!-- <b>by</b> a tool -->x", "x"],
  ])("has the text that it shows: %s", (_, line, text) => {
    expect(textOfPage(line)).toBe(text);
  });

  it("is read in one pass, whatever is opened in it and never closed", () => {
    for (const open of ["<!--", "<h1>", '<span "', "<!doctype ", "</td> ", "<a href='", "<h2 <h2 "]) {
      const line = open.repeat(500_000);
      expect(textOfPage(line).length, open).toBeLessThanOrEqual(line.length * 2);
    }
  });

  it("keeps words between angles that are no tags", () => {
    for (const line of [
      "got <nil>, a < b > c",
      "peer <chat> left",
      "x <spanner> y",
      "Vec<u8>",
      "a <- b -> c",
      "&lt;b&gt; &amp;nbsp;",
    ])
      expect(textOfPage(line), line).toBe(line);
  });

  it("is told by what it begins with, and logs and records are none", () => {
    const pages = [
      "<!DOCTYPE html>",
      "\ufeff\n<HTML lang='de'>",
      "<?xml version='1.0'?>\n<!-- a-b --><html >",
      "<h2>chat</h2>",
      "<table\n>",
      "<pre>a",
    ];
    for (const text of pages) expect(readPage(text), text).not.toBeNull();
    for (const text of [
      "<?xml version='1.0'?><log>a</log>",
      "<134>1 2026",
      "<prefix> a",
      "<h7>",
      "a <html>",
      "<details>",
      "",
    ])
      expect(readPage(text), text).toBeNull();
    expect(exportOf("<html><body>\n")).not.toBeNull();
  });
});
