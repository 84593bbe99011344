import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitValues } from "../../../src/sources/formats/json-values-in-line.ts";

const never = (): boolean => false;

describe("values of JSON in one line", () => {
  it.each(["", " ", "\0", "\u001e", ", "])("are told apart with %j between them", (between) => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.json()), { minLength: 2, maxLength: 5 }), (objects) => {
        const texts = objects.map((object) => JSON.stringify(object));
        expect(splitValues(texts.join(between), never)).toEqual(texts);
      }),
    );
  });

  it("are followed by what is cut, and by other text where that goes on", () => {
    expect(splitValues('{"a":1}{"b":', never)).toEqual(['{"a":1}', '{"b":']);
    expect(splitValues('{"a":1} more', never)).toBeNull();
    expect(splitValues('{"a":1} more', () => true)).toEqual(['{"a":1}', "more"]);
  });

  it("are none where there is one, or none", () => {
    for (const text of ['{"a":"}{"}', '{"a":1', "{", "", "text {}", '["a"]'])
      expect(splitValues(text, never)).toBeNull();
  });
});
