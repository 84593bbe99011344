import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exportOf } from "../../../src/sources/files/unpacked.ts";
import { isMime, linesOfMime } from "../../../src/sources/formats/mime.ts";

async function read(text: string | Uint8Array, size = 65_536) {
  const bytes = Buffer.from(text);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
  }
  const faults: string[] = [];
  let all = "";
  for await (const lines of linesOfMime(chunks(), (fault) => faults.push(fault))) all += Buffer.from(lines).toString();
  return { lines: all.split("\n").filter((line) => line !== ""), faults };
}

const HEAD = "From: a@example.org\nSubject: logs\nMIME-Version: 1.0\n";
const mail = (encoding: string, body: string, type = 'text/plain; charset="utf-8"'): string =>
  `${HEAD}Content-Type: ${type}\nContent-Transfer-Encoding: ${encoding}\n\n${body}`;
const LINE =
  "2026/11/23 06:57:00 [Error] recv failed: [canceled path: Ünit -> B] code=12007, then invoking cancel() actively";
const QUOTED =
  "2026/11/23 06:57:00 [Error] recv failed: [canceled path: =C3=9Cni=\r\nt -> B] code=3D12007, then invoking canc=\r\nel() actively\r\n";

describe("a mail", () => {
  it.each([
    ["quoted-printable", QUOTED],
    ["base64", `${Buffer.from(`${LINE}\n`).toString("base64").replace(/.{76}/g, "$&\r\n")}\r\n`],
    ["8bit", `${LINE}\n`],
  ])("has the lines that were put into it, however they are carried: %s", async (encoding, body) => {
    for (const size of [65_536, 7]) {
      const { lines, faults } = await read(mail(encoding, body), size);
      expect(lines.at(-1)).toBe(LINE);
      expect(lines).toHaveLength(6);
      expect(faults).toEqual([]);
    }
  });

  it("names by a heading whose log an attachment is", async () => {
    const part = (head: string, body: string): string => `--b=_1\nContent-Type: text/plain\n${head}\n${body}\n`;
    const { lines } = await read(
      `${HEAD}Content-Type: multipart/mixed;\n boundary="b=_1"\n\n${part("", "see below")}${part(
        'Content-Disposition: attachment;\n filename="chat.log"\nContent-Transfer-Encoding: base64\n',
        Buffer.from("cancel a\ncancel b\n").toString("base64"),
      )}${part("Content-Disposition: attachment; filename=agent.log\n", "--no boundary\ncancel c")}--b=_1--\nthe end\n`,
    );
    const rest = ["see below", "==> chat.log <==", "cancel a", "cancel b", "==> agent.log <=="];
    expect(lines.slice(5)).toEqual([...rest, "--no boundary", "cancel c", "the end"]);
  });

  it("has each line once that is there as a page, too, and tells of parts that are no text", async () => {
    const body =
      "--x\nContent-Type: text/plain\n\ncancel a\n--x\nContent-Type: text/html\n\n<p>cancel a</p>\n--x\n" +
      'Content-Type: application/gzip; name="chat.log.gz"\nContent-Transfer-Encoding: base64\n\nH4sIAAAAAAAA\n--x--\n';
    const { lines, faults } = await read(mail("7bit", body, "multipart/alternative; boundary=x"));
    expect(lines.slice(5)).toEqual(["cancel a", "==> chat.log.gz <=="]);
    expect(faults).toEqual(["a part of it (chat.log.gz) is no text and was not read"]);
    const page = await read(
      mail("7bit", "--x\nContent-Type: text/html\n\n<p>cancel a</p>\n--x--\n", "multipart/related; boundary=x"),
    );
    expect(page.lines.at(-1)).toBe("cancel a");
  });

  it("is told from logs by its header", () => {
    expect(exportOf(mail("7bit", "x"))).toBe(linesOfMime);
    expect(isMime(`From <saved by a browser>\r\n${HEAD.replaceAll("\n", "\r\n")}\r\nx`)).toBe(true);
    for (const text of [
      "chat: cancel a\nagent: cancel b\n",
      "2026-11-23 06:57:00 cancel\nContent-Type: text/plain\n\n",
      "GET: /a\nContent-Type: application/json\n\n{}",
      `chat: cancel a\n\n${HEAD}`,
      "HTTP/1.1 200 OK\nContent-Type: text/plain\n\n",
      "",
    ])
      expect(isMime(text), text).toBe(false);
  });

  it("that is damaged never throws", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ maxLength: 300 }),
        fc.constantFrom("base64", "quoted-printable"),
        async (body, how) => {
          await read(mail(how, body), 5);
          await read(body);
        },
      ),
      { numRuns: 100 },
    );
  });
});
