/** A service that says in one line that its caller left and whom it lets go of. */
import { describe, expect, it } from "vitest";
import { inShort, onlyCascade } from "../../support/told.ts";

const agent = [
  "[info] [agent] conversation ag-12625-1 started",
  "[info] [agent] conversation ag-12625-1: browser disconnected after 35 chunks",
  "[info] [agent] conversation ag-12625-1 finished",
];
const model = ["[info] [model] inference job mo-12616-1 queued", "[info] [model] inference job mo-12616-1 complete"];
const gateway = (whom: string): string[] => [
  "[info] [gateway] conversation ga-12633-1 started",
  `[info] [gateway] conversation ga-12633-1: browser disconnected after 35 chunks${whom}`,
];

describe("a service that lets go of another one because its caller left", () => {
  it("stands above that one, though no line has a time", () => {
    expect(inShort(onlyCascade({ gateway: gateway(", aborting agent"), agent, model }))).toBe(
      "gateway disconnect strong -> agent",
    );
  });

  it("is not known to where it names nobody", () => {
    const { origin } = onlyCascade({ gateway: gateway(""), agent, model });
    expect(origin.confidence).toBe("weak");
  });
});
