import { describe, expect, it } from "vitest";
import { escapeLabel, reportMermaid } from "../../src/report/mermaid.ts";
import { diagnosisOf, falseOriginCascade } from "../story.ts";
import { EVIL, hostile } from "./findings.ts";

describe("the Mermaid report", () => {
  it("draws origin, false origin and silent hop apart", () => {
    expect(`${reportMermaid(diagnosisOf([falseOriginCascade()]), 10).join("\n")}\n`).toMatchInlineSnapshot(`
      "flowchart LR
        subgraph c0["gateway started it#58; its own code cancelled the call #40;code 12007#41;"]
          c0n0["gateway<br/>started it"]:::origin
          c0n1["chat<br/>not the origin"]:::fake
          c0n0 -->|"+0.07 ms"| c0n1
          c0n2["agent<br/>silent"]:::silent
          c0n1 -.-> c0n2
          c0n3["model"]
          c0n2 -->|"+0.41 ms"| c0n3
        end
        classDef origin fill:#e66100,color:#ffffff,stroke:#9a4100
        classDef fake fill:#f6d55c,color:#000000,stroke:#b38f00
        classDef silent stroke-dasharray:4 4
        classDef running stroke:#e66100,stroke-width:3px
      "
    `);
  });

  it("lets no text out of its quotes", () => {
    for (const line of reportMermaid(hostile(EVIL), 10)) {
      const outside = line.replace(/"[^"]*"/g, "");
      expect(outside).not.toMatch(/evil|owned/);
      expect(line).not.toMatch(/[\u0000-\u001f]/);
    }
    expect(escapeLabel('a"] --> b["x<br>`#')).not.toMatch(/["<>`[\]]/);
  });
});
