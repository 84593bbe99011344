import { describe, expect, it } from "vitest";
import { exportOf } from "../../../src/sources/files/unpacked.ts";
import { readPlaybook } from "../../../src/sources/formats/playbook.ts";

const PLAY = "\nPLAY [all] ****\n\nTASK [logs] ****\n";

function lines(text: string): string[] {
  const reader = readPlaybook(text);
  if (reader === null) throw new Error("no playbook");
  const all = text.split("\n");
  all.pop();
  return (all.map((line) => reader.feed(line)).join("") + reader.finish()).split("\n");
}

function results(text: string): string[] {
  return lines(PLAY + text).slice(4, -1);
}

describe("the output of a playbook", () => {
  it("gives the lines of each host, in the line in which its result begins", () => {
    const block =
      'ok: [chat] => {\n    "out.stdout_lines": [\n        "cancel \\"a\\"",\n        "cancel b"\n    ]\n}\n';
    expect(results(`changed: [chat]\n${block}ok: [agent] => {\n    "msg": "cancel c"\n}\n`)).toEqual([
      "changed: [chat]",
      '{"chat":["cancel \\"a\\"","cancel b"]}',
      ...["", "", "", "", ""],
      '{"agent":["cancel c"]}',
      ...["", ""],
    ]);
  });

  it("has each line once, and not the command", () => {
    const result = {
      changed: true,
      cmd: ["cat", "chat.log"],
      stderr: "e",
      stderr_lines: ["e"],
      stdout: "a\nb",
      stdout_lines: ["a", "b"],
    };
    for (const head of ["changed: [chat]", "ok: [chat] (item=chat.log)", "fatal: [chat -> localhost]: FAILED!"])
      expect(results(`${head} => ${JSON.stringify(result)}\n`), head).toEqual(['{"chat":["e","a","b"]}']);
    expect(results(`ok: [chat] => ${JSON.stringify({ out: { stdout: "a\nb" } })}\n`)).toEqual(['{"chat":["a","b"]}']);
  });

  it("leaves as it is what has no lines, is cut or damaged", () => {
    for (const text of [
      'ok: [chat] => {"changed": false}\n',
      "ok: [chat] => {nothing}\n",
      'ok: [chat] => {\n    "msg": "canc\n',
    ])
      expect(`${results(text).join("\n")}\n`, text).toBe(text);
  });

  it("is told by its first play, and other logs are none", () => {
    expect(exportOf(PLAY)).not.toBeNull();
    for (const text of ['ok: [chat] => {"msg": "a"}\n', "PLAY [all]\n", "chat PLAY [all] ****\n", ""])
      expect(readPlaybook(text), text).toBeNull();
  });
});
