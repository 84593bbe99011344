import { describe, expect, it } from "vitest";
import { type Findings, readLine, receiverNotes } from "../../src/present/index.ts";
import { deadlineCascade, diagnosisOf } from "../story.ts";

const quiet = { requests: 9, refused: 0, malformed: 0, refusals: [], evicted: 0, forward: null };

const idle = { sent: 9, queuedBytes: 0 };

describe("what a receiver did not take", () => {
  it("is nothing where it took everything", () => {
    expect(receiverNotes({ ...quiet, forward: { ...idle, dropped: 0, problem: null } })).toEqual([]);
  });

  it("is told with its reason", () => {
    const forward = { ...idle, dropped: 3, problem: "connect ECONNREFUSED" };
    const refusals = [
      { port: "http", status: 404, reason: "path", count: 2, advice: "no such path" },
      { port: "grpc", status: 16, reason: "token", count: 1, advice: "without the token" },
      { port: "grpc", status: null, reason: "protocol", count: 3, advice: "no gRPC at the gRPC port" },
      { port: "http", status: 429, reason: "memory-limit", count: 1, advice: "memory limit reached" },
    ] as const;
    expect(receiverNotes({ ...quiet, refused: 1, malformed: 6, refusals, evicted: 4_000, forward })).toEqual([
      "2 requests refused with 404: no such path",
      "1 request refused with gRPC status 16: without the token",
      "3 connections closed: no gRPC at the gRPC port",
      "1 request refused: memory limit reached (senders were told to try again)",
      "4,000 spans of traces without a cancel forgotten early: memory limit reached",
      "3 requests not forwarded (connect ECONNREFUSED)",
    ]);
  });

  it("names a problem of forwarding before anything is lost by it", () => {
    expect(receiverNotes({ ...quiet, forward: { ...idle, dropped: 0, problem: "it refuses with 404" } })).toEqual([
      "forwarding: it refuses with 404",
    ]);
  });
});

describe("the line about what was read", () => {
  const input = {
    inputs: 2,
    unread: 0,
    records: 1_204,
    unmatched: 1,
    unmatchedSample: [],
    diagnostics: [],
    diagnosticCount: 0,
  };
  const findings = (cascades: number, unread = 0): Findings => ({
    input: { ...input, unread },
    diagnosis: {
      ...diagnosisOf(cascades === 0 ? [] : [deadlineCascade("d")]),
      counts: { evidence: 14, late: 0, dropped: 0 },
    },
  });

  it("counts inputs, those that were not read, and what became of the records", () => {
    expect(readLine(findings(1))).toBe(
      "2 inputs, 1,204 records read, 14 lines of evidence, 1 unmatched, 0 late, 0 dropped",
    );
    expect(readLine(findings(1, 3))).toMatch(/^2 inputs \(3 not read, or not as a whole\), /);
  });

  it("calls nothing evidence where no cancel was found", () => {
    expect(readLine(findings(0))).toContain("1,204 records read, 14 about calls, errors or cancels, 1 unmatched");
  });
});
