import { describe, expect, it } from "vitest";
import {
  IDL_SERVICE,
  LINE,
  MAYBE_USERS,
  METHOD,
  OWN,
  PEER,
  rolesIn,
  rolesOf,
  USERS,
} from "../../src/dialects/field-roles.ts";
import { ATTRIBUTE } from "../../src/model/index.ts";

describe("the name of a field", () => {
  it.each([
    ["peer", PEER],
    ["Downstream_Service", PEER],
    ["rpc.method", METHOD],
    ["rpc.service", IDL_SERVICE],
    ["gen_ai.prompt", USERS],
    ["content", MAYBE_USERS],
    ["raw_line", LINE],
    [ATTRIBUTE.cancelId, OWN],
    ["level", 0],
    ["promptly", 0],
  ])("%s says what it is", (name, roles) => {
    expect(rolesOf(name)).toBe(roles);
    expect(rolesOf(name)).toBe(roles);
  });

  it("counts for its record, each record by itself", () => {
    const calls = new Map([
      ["level", "error"],
      ["peer", "chat"],
      ["query", "why"],
    ]);
    const plain = new Map([["level", "error"]]);
    for (let round = 0; round < 2; round += 1) {
      expect(rolesIn(calls)).toBe(PEER | USERS);
      expect(rolesIn(plain)).toBe(0);
      expect(rolesIn(new Map())).toBe(0);
    }
  });
});
