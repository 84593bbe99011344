/** Findings to report about, and the schema that JSON must meet. */
import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import type { Diagnosis } from "../../src/model/index.ts";
import type { Findings } from "../../src/present/index.ts";
import { diagnosisOf, evidence, falseOriginCascade, reached } from "../story.ts";

/** Checks a report against docs/scan.schema.json. */
export const validate: ValidateFunction = new Ajv({ allErrors: true, strict: false }).compile(
  JSON.parse(readFileSync(new URL("../../docs/scan.schema.json", import.meta.url), "utf8")),
);

/** Findings with a diagnosis. */
export function findings(diagnosis: Diagnosis, over: Partial<Findings["input"]> = {}): Findings {
  return {
    diagnosis,
    input: {
      inputs: 1,
      unread: 0,
      records: 40,
      unmatched: 0,
      unmatchedSample: [],
      diagnostics: [],
      diagnosticCount: 0,
      ...over,
    },
  };
}

/** A diagnosis in which every text is as hostile as it can be. */
export function hostile(text: string): Diagnosis {
  const place = { source: text, line: 1 };
  const reasons = [{ rule: text, text, places: [place] }];
  return diagnosisOf(
    [
      {
        ...falseOriginCascade(),
        id: `id${text}`,
        traceId: text,
        origin: { service: text, kind: "cancel", code: 1, confidence: "weak", reasons, callSite: text, intent: text },
        trigger: { service: text, text },
        falseOrigins: [{ service: text, reasons }],
        reached: [reached(`${text}2`, text, { places: [place] }), reached(text, `${text}3`)],
        evidence: [evidence({ service: text, line: 1, text, message: text, place })],
      },
    ],
    { warnings: [{ rule: text, service: text, cascade: text, text }] },
  );
}

/** A text that acts on terminals and means something in every format. */
export const EVIL: string =
  '\u001b]0;owned\u0007\u009b2J\u202e\u2066\u0000\n| `x` <b>"&" end\r\ud800 [a](http://evil) ```\n subgraph';
