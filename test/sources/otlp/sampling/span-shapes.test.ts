import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NOBODY } from "../../../../src/sources/formats/names.ts";
import type { ResourceGroup } from "../../../../src/sources/otlp/sampling/resources.ts";
import { type SpanShape, SpanShapes } from "../../../../src/sources/otlp/sampling/span-shapes.ts";

function newGroup(): ResourceGroup {
  return { attributes: new Map(), fields: new Map(), owner: NOBODY, shapes: new Map() };
}

function shapeOf(name: string): Omit<SpanShape, "group"> {
  return { name, kind: "client", status: 0, fields: new Map([["peer", name]]), ending: null };
}

describe("the shapes of spans", () => {
  it("have a number as long as a row has it, and what it stands for never changes under it", () => {
    const command = fc.record({ group: fc.nat(1), fingerprint: fc.nat(4), release: fc.boolean() });
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const shapes = new SpanShapes();
        const groups = [newGroup(), newGroup()] as const;
        /** Every row that is held: its number, and the group and name it must stand for. */
        const rows: { number: number; group: number; name: string }[] = [];
        let read = 0;
        for (const { group, fingerprint, release } of commands) {
          if (release) {
            const row = rows.shift();
            if (row !== undefined) shapes.release(row.number);
          } else {
            const name = `call ${fingerprint}`;
            const known = rows.some((row) => row.group === group && row.name === name);
            const before = read;
            const number = shapes.numberOf(groups[group] as ResourceGroup, fingerprint, () => {
              read += 1;
              return shapeOf(name);
            });
            expect(read - before).toBe(known ? 0 : 1);
            rows.push({ number, group, name });
          }
          for (const row of rows) {
            expect(shapes.get(row.number).name).toBe(row.name);
            expect(shapes.get(row.number).group).toBe(groups[row.group]);
          }
          const distinct = new Set(rows.map((row) => `${row.group} ${row.name}`));
          expect(new Set(rows.map((row) => row.number)).size).toBe(distinct.size);
          expect(groups[0].shapes.size + groups[1].shapes.size).toBe(distinct.size);
        }
      }),
    );
  });

  it("lose their names when there are more than the limit, and share numbers by kind and status", () => {
    const shapes = new SpanShapes();
    const group = newGroup();
    const numbers = new Set<number>();
    for (let i = 0; i < 40_000; i += 1) numbers.add(shapes.numberOf(group, i, () => shapeOf(`order ${i}`)));
    expect(numbers.size).toBe(32_769);
    const last = shapes.numberOf(group, 40_000, () => shapeOf("order 40000"));
    expect(shapes.get(last)).toMatchObject({ name: "", kind: "client", fields: new Map() });
    expect(shapes.get(0).name).toBe("order 0");
  });
});
