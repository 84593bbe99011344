/** Recordings of chains: what every service logged, in three forms, and what really happened. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PeerLine } from "../support/kitex.ts";
import { ProcessChain } from "./chain.ts";
import { type Makes, needsOwnChain, play, playOn, servicesFor } from "./play.ts";
import { recordedTruth, SCENARIOS, type Scenario, scenario, type TrueCascade } from "./scenarios.ts";
import { structured } from "./structured.ts";

/** One recording. */
export interface Recording {
  readonly name: string;
  readonly lines: readonly PeerLine[];
  readonly truth: readonly TrueCascade[];
}

/** What is played: a scenario, and how relays of ours derive. */
export interface Piece {
  readonly scenario: Scenario;
  readonly derive: string | null;
}

const DERIVES = ["any", "controller", "timeout", "later"];

/** All scenarios, and a cancel with every way of deriving. */
export const PIECES: readonly Piece[] = [
  ...SCENARIOS.map((each) => ({ scenario: each, derive: null })),
  ...DERIVES.map((derive) => ({ scenario: scenario("a_cancel_plain"), derive })),
];

/** The services a make stands for that are of this runtime. */
function ours(makes: Makes): string[] {
  return ["A", "B", "C", "D"].filter((_, index) => makes[index] === "O").map((letter) => `Service${letter}`);
}

const LATE_CALLER: TrueCascade = {
  origin: "ServiceA",
  kind: "deadline",
  reached: [],
  reachedAlso: ["ServiceB"],
  optional: true,
};

/** What really happened: as with Kitex, but that a relay of ours is no false origin. */
export function truthOf({ name }: Scenario, makes: Makes): readonly TrueCascade[] {
  const own = new Set(ours(makes));
  // ServiceB sends nothing after the proxy's Rst, so its caller times out, for a stream that is over.
  if (name === "m_proxy_rst_server" && own.has("ServiceB")) return [...recordedTruth(name), LATE_CALLER];
  if (!name.startsWith("b_derive")) return recordedTruth(name);
  return recordedTruth(name).map((each) => ({
    ...each,
    falseOrigins: (each.falseOrigins ?? []).filter((service) => !own.has(service)),
  }));
}

/** Plays one piece on a running chain, or on one of its own where it needs that. */
export async function recordOn(chain: ProcessChain, piece: Piece, makes: Makes): Promise<Recording> {
  const { scenario: played, derive } = piece;
  const relays = ours(makes).filter((service) => service === "ServiceB" || service === "ServiceC");
  const words = derive === null ? "" : relays.map((service) => `${service}:derive=${derive}`).join(" ");
  const lines = needsOwnChain(played) ? await play(played, makes, words) : await playOn(chain, played, makes, words);
  const name = [played.name, derive, makes].filter((part) => part !== null).join(".");
  return { name, lines: linesOf(lines), truth: truthOf(played, makes) };
}

/** Plays pieces with chains of one make, one after the other. */
export async function* record(makes: Makes, pieces: readonly Piece[] = PIECES): AsyncGenerator<Recording> {
  for (const shape of ["line", "fan"] as const) {
    await using chain = await ProcessChain.start(servicesFor({ shape }, makes));
    for (const piece of pieces) {
      if (piece.scenario.shape === shape) yield await recordOn(chain, piece, makes);
    }
  }
}

/** The lines of streams, and of frameworks those that name one of them; other calls of the same chain are left out. */
function linesOf(lines: readonly PeerLine[]): PeerLine[] {
  const texts = lines.flatMap(({ error }) => (error === undefined ? [] : [error]));
  const from = lines.find((each) => each.event === "stream_open")?.ts ?? "";
  const mine = ({ event, text = "", ts }: PeerLine) =>
    event !== "klog" || text.includes("server listen") || (ts >= from && texts.some((each) => text.includes(each)));
  return lines.filter(mine).sort((a, b) => (a.ts < b.ts ? -1 : 1));
}

/** Writes recordings as the scorer reads them: json/, klog/, truth.json; and raw/, what the peers themselves wrote. */
export class RecordingFolder {
  readonly #path: string;
  readonly #truth: Record<string, readonly TrueCascade[]> = {};

  constructor(path: string) {
    this.#path = path;
    for (const each of ["json", "klog", "raw"]) mkdirSync(join(path, each), { recursive: true });
  }

  /** Adds a recording; the files of its three forms. */
  add({ name, lines, truth }: Recording): {
    readonly raw: string;
    readonly json: string;
    readonly klog: readonly string[];
  } {
    const raw = join(this.#path, "raw", `${name}.jsonl`);
    const json = join(this.#path, "json", `${name}.jsonl`);
    writeFileSync(raw, asLines(lines));
    writeFileSync(json, asLines(structured(lines)));
    this.#truth[name] = truth;
    writeFileSync(join(this.#path, "truth.json"), JSON.stringify(this.#truth, null, 1));
    return { raw, json, klog: this.#writeKlog(name, lines) };
  }

  #writeKlog(name: string, lines: readonly PeerLine[]): string[] {
    const folder = join(this.#path, "klog", name);
    mkdirSync(folder, { recursive: true });
    const services = new Set(lines.map((each) => each.service));
    return [...services].map((service) => {
      const file = join(folder, `${service}.log`);
      const own = lines.filter((each) => each.service === service).flatMap(klogLine);
      writeFileSync(file, own.map((each) => `${each}\n`).join(""));
      return file;
    });
  }
}

function asLines(records: readonly unknown[]): string {
  return records.map((each) => `${JSON.stringify(each)}\n`).join("");
}

/** A line as a service that uses Kitex's logger would have it; a server's own context error it would not log. */
function klogLine({ ts, event, text, method, to, op, error }: PeerLine): string[] {
  if (event === "klog") return text === undefined ? [] : [text];
  if (event !== "stream_error" || error === undefined) return [];
  const time = `${ts.slice(0, 10).replaceAll("-", "/")} ${ts.slice(11, 26)}`;
  const place = to === undefined ? "handler.go:64" : "chat.go:118";
  const what = to === undefined ? `${method}:` : `${method} to ${to}:`;
  return [`${time} ${place}: [Error] ${what} ${op} failed: ${error}`];
}
