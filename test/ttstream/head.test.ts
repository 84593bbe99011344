import { describe, expect, it } from "vitest";
import { type Head, readHead } from "../../src/ttstream/head.ts";

const MARK = "[ttstream error, code=";

/** A head of code 7 with these fields; `rest` is what its message begins with. */
function read(text: string, end = text.length): (Omit<Head, "messageAt"> & { rest: string }) | null {
  const head = readHead(`>>${text}<<`, 2, end + 2);
  if (head === null) return null;
  const { messageAt, ...fields } = head;
  return { ...fields, rest: text.slice(messageAt - 2, end) };
}

const whole = { code: 7, side: null, path: null, truncated: false };

describe("the head of an error", () => {
  it.each([
    ["7] m", 7],
    ["-2147483648] m", -2147483648],
    ["2147483647] m", 2147483647],
    ["0] m", 0],
  ])("has the code of %s", (text, code) => {
    expect(read(MARK + text)).toEqual({ ...whole, code, rest: "m" });
  });

  it.each([
    "] m",
    "-] m",
    "7 ] m",
    "+7] m",
    "7",
    "7.5] m",
    "00000000007] m",
    "2147483648] m",
    "-2147483649] m",
    "9999999999] m",
    "7x] m",
  ])("is none with the code %s", (text) => {
    expect(read(MARK + text)).toBeNull();
  });

  it("has the side whose words were parted where a line was wrapped", () => {
    for (const group of ["[server-si de stream]", "[server-side\nstream]", "[ server-side stream ]"])
      expect(read(`${MARK}7] ${group} m`), group).toEqual({ ...whole, side: "server", rest: "m" });
    expect(read(`${MARK}7] [server-side streams] m`)).toEqual({ ...whole, rest: "[server-side streams] m" });
  });

  it("has no names that can be told in a path whose words were parted, and shows that one was there", () => {
    const cut = { ...whole, side: "client", truncated: true };
    expect(read(`${MARK}7] [client-side stream] [cance led path: a -> b] m`)).toEqual({ ...cut, rest: "m" });
    expect(read(`${MARK}7] [client-side stream] [canceled pa th: a`)).toEqual({ ...cut, rest: "" });
    const path = { ...whole, side: "client", path: ["a", "b"] };
    expect(read(`${MARK}7] [client-side stream] [canceled path:a -> b] m`)).toEqual({ ...path, rest: "m" });
    expect(read(`${MARK}7] [client-side stream] [canceled] path: a`)).toMatchObject({ truncated: false });
  });

  it("has the names between arrows that a word processor or a wiki has drawn, where it is read in a log", () => {
    for (const arrow of ["\u2192", "\u2013>", "\u2014>", "\u27f6", "\u279c"]) {
      const text = `7] [server-side stream] [canceled path: a ${arrow} b [x] ${arrow} c] m`;
      expect(read(MARK + text), arrow).toEqual({ ...whole, side: "server", path: ["a", "b [x]", "c"], rest: "m" });
    }
    const name = `${MARK}7] [canceled path: a \u2192 b] m`;
    expect(readHead(name, 0, name.length, false)?.path).toEqual(["a \u2192 b"]);
    expect(read(`${MARK}7] [canceled path: a\u2192b] m`)).toMatchObject({ path: ["a\u2192b"] });
  });

  it("ends where words say that the line was cut", () => {
    const marks = [
      " [... omitted end of long line]",
      "...(truncated)",
      "\u2026[+120 chars]",
      " <truncated 80 bytes>",
      '[...]"}',
    ];
    for (const mark of marks)
      expect(read(`${MARK}7] [canceled path: a -> Serv${mark}`), mark).toMatchObject({
        path: ["a", "Serv"],
        truncated: true,
      });
    for (const name of ["a -> b [eu]", "a -> b (2 pods)", "a -> cut"])
      expect(read(`${MARK}7] [canceled path: ${name}]`), name).toMatchObject({
        path: name.split(" -> "),
        truncated: false,
      });
  });

  it("is none without its marker, whatever follows", () => {
    expect(read(`${"x".repeat(MARK.length)}7] m`)).toBeNull();
    expect(read("")).toBeNull();
  });

  it("is none where its code is cut off by the end given", () => {
    const text = `${MARK}12007] m`;
    for (let end = 0; end < text.length - 2; end += 1) expect(read(text, end)).toBeNull();
    expect(read(text, text.length - 2)).toEqual({ ...whole, code: 12007, rest: "" });
  });

  it.each([
    ["7]m", null, "m"],
    ["7] m", null, "m"],
    ["7]  m", null, " m"],
    ["7]", null, ""],
    ["7] [client-side stream] m", "client", "m"],
    ["7] [server-side stream] m", "server", "m"],
    ["7][server-side stream] m", "server", "m"],
    ["7] [server-side stream]", "server", ""],
    ["7] [server-side stream]  m", "server", " m"],
    ["7] [server-side stream]m", null, "[server-side stream]m"],
    ["7]  [server-side stream] m", null, " [server-side stream] m"],
    ["7] x [client-side stream] m", null, "x [client-side stream] m"],
    ["7] [client-side stream] [server-side stream] m", "client", "[server-side stream] m"],
  ])("of %j is of the side %s", (text, side, rest) => {
    expect(read(MARK + text)).toEqual({ ...whole, side, rest });
  });

  it.each([
    ["[canceled path: a] m", ["a"], "m"],
    ["[canceled path: a -> b -> c] m", ["a", "b", "c"], "m"],
    ["[canceled path: a]", ["a"], ""],
    ["[canceled path: a]  m", ["a"], " m"],
    ["[canceled path: ] m", [""], "m"],
    ["[canceled path: a[1] -> b] m", ["a[1]", "b"], "m"],
    ["[canceled path: a]b] m", ["a]b"], "m"],
    ["[canceled path: a]m] -> b] -> c] -> ] m", ["a]m]", "b]", "c]", ""], "m"],
    ["[canceled path: a] m] n", ["a"], "m] n"],
    ["[canceled path: a] ->m", ["a"], "->m"],
    ["[canceled path: a] -", ["a"], "-"],
  ])("with %j has its path, origin first", (group, path, rest) => {
    expect(read(`${MARK}7] ${group}`)).toEqual({ ...whole, path, rest });
    expect(read(`${MARK}7] [server-side stream] ${group}`)).toEqual({ ...whole, side: "server", path, rest });
  });

  it("has the first of two paths", () => {
    const text = `${MARK}7] [canceled path: a] [canceled path: b] m`;
    expect(read(text)).toEqual({ ...whole, path: ["a"], rest: "[canceled path: b] m" });
  });

  it("is cut wherever its groups end early: no message then, and the names that are there", () => {
    const groups = `${MARK}7] [client-side stream] [canceled path: a -> b`;
    const pathAt = groups.indexOf("[canceled");
    const sideAt = groups.indexOf("[client");
    for (let end = sideAt + 1; end <= groups.length; end += 1) {
      const head = read(groups, end);
      const sideWhole = end >= pathAt - 1;
      const betweenGroups = end === pathAt - 1 || end === pathAt;
      const namesAt = pathAt + "[canceled path: ".length;
      expect(head).toEqual({
        code: 7,
        side: sideWhole ? "client" : null,
        path: end >= namesAt ? groups.slice(namesAt, end).split(" -> ") : null,
        truncated: !betweenGroups,
        ...(!sideWhole && end > sideAt + 2 ? { cutSide: "client" } : {}),
        rest: "",
      });
    }
  });

  it("is not cut where the last words only look like the middle of a group", () => {
    expect(read(`${MARK}7] [x`)).toEqual({ ...whole, rest: "[x" });
    expect(read(`${MARK}7] stream]`)).toEqual({ ...whole, rest: "stream]" });
    expect(read(`${MARK}7] path: `)).toEqual({ ...whole, rest: "path: " });
    expect(read(`${MARK}7] [server-side stream] [client`)).toEqual({ ...whole, side: "server", rest: "[client" });
    expect(read(`${MARK}7] [canceled m`)).toEqual({ ...whole, rest: "[canceled m" });
    expect(read(`${MARK}7] [serv`)).toEqual({ ...whole, truncated: true, cutSide: "server", rest: "" });
    expect(read(`${MARK}7] [canc`)).toEqual({ ...whole, truncated: true, rest: "" });
    expect(read(`${MARK}7] [server-side stream] [canc`)).toMatchObject({ side: "server", truncated: true });
  });

  it("ends before the mark of whoever cut the line", () => {
    for (const mark of ["...", "\u2026", ">", '..."', '>"}']) {
      expect(read(`${MARK}7] [canceled path: a -> b${mark}`)).toMatchObject({ path: ["a", "b"], truncated: true });
      expect(read(`${MARK}7] [client-si${mark}`)).toMatchObject({ cutSide: "client", truncated: true });
      expect(read(`${MARK}7] [client-side stream]${mark}`)).toMatchObject({ side: "client", truncated: false });
      expect(read(`${MARK}7] [canceled path: a]${mark}`)).toMatchObject({ path: ["a"], truncated: false });
    }
    expect(read(`${MARK}7] [client-side stream] a > b...`)).toMatchObject({ side: "client", rest: "a > b..." });
  });
});
