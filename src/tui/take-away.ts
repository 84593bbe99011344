/** What a person takes away: the selected line, a cancel, all that the filter keeps. */
import { formatPlace } from "../model/index.ts";
import { type Findings, headline, hopName, hopWords, printable, type Redaction, redactData } from "../present/index.ts";
import type { Snapshot } from "./feed.ts";
import type { Screen } from "./scenes/scene.ts";
import type { Wish } from "./state/ui-state.ts";
import { warningText } from "./state/warning-lines.ts";

type Format = Extract<Wish, { do: "export" }>["format"];

/** How files of each form end. */
export const ENDINGS: Readonly<Record<Format, string>> = {
  text: "txt",
  markdown: "md",
  json: "json",
  mermaid: "mmd",
  html: "html",
};

/** The selected line in full, whatever room it has on the screen; of a text its first line there. */
export function selectedText(screen: Screen): string {
  const { frame, origins, cascades, cascade, hop, warnings, why, text } = screen;
  const plain = (line: (typeof text)[number] | undefined): string =>
    (line ?? [])
      .map((part) => part.text)
      .join("")
      .trim();
  switch (frame.view) {
    case "origins": {
      const item = origins[frame.index];
      return item === undefined
        ? ""
        : `${item.name} ${item.how}: ${item.because}; ${item.confidence}, ${item.cascades} times, ${item.stopped} stopped`;
    }
    case "cascades":
    case "history": {
      const group = cascades[frame.index]?.group;
      return group === undefined
        ? ""
        : printable(`${headline(group.example)} (id ${group.example.id}, ${group.count} times)`);
    }
    case "cascade":
    case "time": {
      if (cascade === null || hop === null) return "";
      const { state, delay, note } = hopWords(cascade, hop.hop);
      return [hopName(cascade, hop.hop), state, delay, note].filter((word) => word !== "").join("  ");
    }
    case "lines": {
      const evidence = screen.evidence[frame.index];
      return evidence === undefined ? "" : printable(`${formatPlace(evidence.place)}  ${evidence.text}`);
    }
    case "warnings": {
      const warning = warnings[frame.index]?.warning;
      return warning === undefined ? "" : warningText(warning);
    }
    case "why":
      return plain(why[frame.top]);
    default:
      return plain(text[frame.top]);
  }
}

/** What is taken away: on the lists all that the filter keeps, elsewhere the cancel that is looked at (or wherever `one` is wanted). */
export function findingsFor(screen: Screen, { progress }: Snapshot, redaction: Redaction, one: boolean): Findings {
  const { diagnosis, cascade, frame } = screen;
  const isPart = frame.view === "cascades" || frame.view === "history";
  const list = frame.view === "origins" || isPart;
  const single = cascade !== null && (one || !list);
  const cascades = single
    ? [cascade]
    : isPart
      ? screen.cascades.flatMap(({ group }) => group.members)
      : diagnosis.cascades;
  const ids = new Set(cascades.map(({ id }) => id));
  const warnings = diagnosis.warnings.filter((warning) => warning.cascades.some((id) => ids.has(id)));
  const { records, unmatched, unmatchedSample, problems } = progress;
  return redactData(
    {
      input: {
        inputs: Math.max(1, progress.inputs.length),
        unread: 0,
        records,
        unmatched,
        unmatchedSample,
        diagnostics: [],
        diagnosticCount: problems,
      },
      diagnosis: { ...diagnosis, cascades, warnings },
    },
    redaction,
  );
}

/** Findings in a form. */
export async function exportText(format: Format, findings: Findings): Promise<string> {
  const report = await import("../report/index.ts");
  switch (format) {
    case "text":
      return report
        .reportText(findings, { styles: report.PLAIN_STYLES, columns: null, limit: MOST, detail: MOST })
        .join("\n");
    case "markdown":
      return report.reportMarkdown(findings, MOST, MOST).join("\n");
    case "json":
      return report.stringify(report.reportObject(findings), 2);
    case "mermaid":
      return report.reportMermaid(findings.diagnosis, MOST).join("\n");
    case "html":
      return report.reportHtml(findings);
  }
}

const MOST = Number.POSITIVE_INFINITY;
