import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { diagnose, evidenceOf } from "../../support/diagnose.ts";

async function warningsOf(name: string): Promise<string[]> {
  const { warnings } = diagnose(
    await evidenceOf([join(import.meta.dirname, `../../fixtures/kitex/json/${name}.jsonl`)]),
  );
  return warnings.map(({ rule, service }) => `${rule} ${service}`);
}

describe("warnings", () => {
  it("name a service that only looked like the origin", async () => {
    expect(await warningsOf("b_derive_cancel")).toContain("false-origin ServiceB");
  });

  it("name services that heard of a cancel seconds late", async () => {
    expect(await warningsOf("a_cancel_plain_client")).toEqual(
      expect.arrayContaining(["slow-hop ServiceC", "slow-hop ServiceD"]),
    );
  });

  it("say nothing of a chain that ended as it should", async () => {
    expect(await warningsOf("a_normal")).toEqual([]);
  });
});
