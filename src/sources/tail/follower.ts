/**
 * The logs of a following: which files there are, which of them is which, and what is to be read of each.
 *
 * A file is known by its device and number, whatever its name is; a copy of one, packed or not, by its content. So no line is read twice, and
 * what was written before a log was moved away is still read.
 */
import { Diagnostics } from "../diagnostics.ts";
import { isGlob } from "../files/glob.ts";
import { expandInputs, type Input } from "../files/inputs.ts";
import type { Mergeable } from "../files/merge.ts";
import type { OpenOptions } from "../files/open-file.ts";
import { type Content, HEAD_BYTES, isCopy, isSameHead, knownPart } from "./content.ts";
import { FollowedLog, type Verdict } from "./followed-log.ts";
import { findGenerations } from "./generations.ts";
import { GrowingFile } from "./growing-file.ts";

/** More files than that are opened for each reading only. */
const MAX_HELD = 512;
/** Contents of logs that are gone are known again, so many. */
const MAX_PAST = 1_000;
/** How long a deleted log is read on that somebody may still write to, and one that was moved to where nobody looks. */
const DELETED_MS = 60_000;
const MOVED_MS = 600_000;

/** A log that waits because it is a copy of another one, as far as it goes. */
interface Waiting {
  readonly original: FollowedLog;
  readonly generation: number;
  readonly size: number;
}

/** Follows the regular files that the inputs mean. */
export class Follower {
  readonly #inputs: readonly string[];
  readonly #options: OpenOptions;
  readonly #logs = new Map<string, FollowedLog>();
  readonly #waiting = new Map<FollowedLog, Waiting>();
  /** Contents that were read and are gone from where they were. */
  readonly #past: Content[] = [];
  readonly #passing = new Set<FollowedLog>();
  /** The files that the last look found. */
  #found: ReadonlySet<string> = new Set();
  #looked = false;
  /** What the last look could not read. */
  missing: Diagnostics = new Diagnostics(100);
  /** Pipes and devices that the last look found; not read here. */
  streams: readonly Input[] = [];

  constructor(inputs: readonly string[], options: OpenOptions) {
    this.#inputs = inputs;
    this.#options = options;
  }

  /** The names under which logs were found. */
  readonly sources: Set<string> = new Set();

  /** Looks at what there is now. `last`: it is the last look, and nothing is waited for. */
  async look(nowMs: number, last = false): Promise<void> {
    this.missing = new Diagnostics(100);
    const found = await expandInputs(this.#inputs, this.missing);
    this.streams = found.filter(({ regular }) => !regular);
    const generations = await this.#findGenerations(found);
    const all = new Map([...generations, ...found].map((input) => [input.identity, input]));
    this.#found = new Set(all.keys());
    await this.#lookAtKnown(all, nowMs, last);
    for (const input of found) if (input.regular) await this.#add(input, nowMs, true);
    // What was beside a log before it was followed is none of the user's inputs
    for (const input of generations) await this.#add(input, nowMs, this.#looked);
    const judge = (log: FollowedLog): Promise<Verdict> => this.#judge(log);
    for (const log of this.#logs.values()) await log.begin(nowMs, judge, last || !this.#looked);
    this.#looked = true;
  }

  async #findGenerations(found: readonly Input[]): Promise<readonly Input[]> {
    const named = found.filter(({ regular, path }) => regular && path !== null && this.#inputs.includes(path));
    const gone = this.#inputs.filter(
      (path) => path !== "-" && !isGlob(path) && !named.some((each) => each.path === path),
    );
    const paths = await findGenerations([...named.map(({ source }) => source), ...gone]);
    const inputs = await expandInputs(paths, new Diagnostics(0));
    return inputs.filter(({ regular }) => regular);
  }

  async #lookAtKnown(found: ReadonlyMap<string, Input>, nowMs: number, last: boolean): Promise<void> {
    for (const [identity, log] of this.#logs) {
      const input = found.get(identity);
      if (input?.path != null) log.file.path = input.path;
      const facts =
        input === undefined
          ? await log.file.facts().catch(() => null)
          : { size: input.size ?? 0, modifiedMs: input.modifiedMs, named: true };
      if (facts === null) {
        await this.#leave(identity, log);
        continue;
      }
      const gone = await log.update(facts, nowMs);
      if (gone !== null) this.#remember(gone);
      const patienceMs = facts.named ? MOVED_MS : DELETED_MS;
      if (input === undefined && !last && nowMs - log.changedAt > patienceMs) await this.#leave(identity, log);
    }
  }

  async #leave(identity: string, log: FollowedLog): Promise<void> {
    this.#logs.delete(identity);
    this.#waiting.delete(log);
    if (log.isUnderWay) this.#remember(log.content);
    await log.file.release();
  }

  #remember(content: Content): void {
    if (content.head.length === 0) return;
    this.#past.push(content);
    if (this.#past.length > MAX_PAST) this.#past.shift();
  }

  /** `isOurs`: false where only what comes later is read. */
  async #add(input: Input, nowMs: number, isOurs: boolean): Promise<void> {
    if (this.#logs.has(input.identity) || input.path === null) return;
    try {
      const { file, facts } = await GrowingFile.open(input.path, this.#logs.size < MAX_HELD);
      if (this.#logs.has(facts.identity)) {
        await file.release();
        return;
      }
      const log = new FollowedLog(file, facts, input, this.#options, nowMs);
      this.#logs.set(facts.identity, log);
      if (isOurs) this.sources.add(input.source);
      else await log.passOver();
    } catch {
      // Gone or forbidden between two looks: the next one says so
    }
  }

  /** How far a log that is about to be begun is known. */
  async #judge(log: FollowedLog): Promise<Verdict> {
    const before = this.#waiting.get(log);
    if (before !== undefined && (await this.#isStillCopy(log, before))) return "wait";
    this.#waiting.delete(log);
    for (const original of this.#logs.values()) {
      if (original === log || original === before?.original || !(await this.#isLikeCopy(log, original))) continue;
      this.#waiting.set(log, { original, generation: original.generation, size: log.size });
      return "wait";
    }
    const followed = await this.#readOnWhereReplaced(log);
    if (followed !== null) return followed;
    for (const content of this.#past.toReversed()) {
      if (!isSameHead(content.head, log.head)) continue;
      const known = await knownPart(content, log);
      if (known !== null) return known;
    }
    return { byte: 0, line: 1 };
  }

  /**
   * A log that was written anew with all that was in it and more, under another number, as rsync and editors do: it is read on where the old one
   * was. Null where it is none.
   */
  async #readOnWhereReplaced(log: FollowedLog): Promise<Verdict | null> {
    if (log.packed) return null;
    for (const [identity, original] of this.#logs) {
      if (original === log || !original.isUnderWay || original.packed || !isSameHead(original.head, log.head)) continue;
      const facts = await original.file.facts().catch(() => null);
      if (facts === null || facts.size === 0 || log.size < facts.size) continue;
      if (!(await isCopy(original.file, facts.size, log.file, log.size))) continue;
      // Nobody looks at it any more: what was not read of it is in the new one
      if (!facts.named || !this.#found.has(identity)) {
        await this.#leave(identity, original);
        return null;
      }
      // Short logs of two services may begin alike
      const { position } = original.content;
      if (position.byte === facts.size && facts.size >= HEAD_BYTES) return position;
    }
    return null;
  }

  async #isStillCopy(log: FollowedLog, { original, generation, size }: Waiting): Promise<boolean> {
    if (original.generation !== generation || !this.#isKept(original)) return false;
    return log.size === size || (await this.#isLikeCopy(log, original));
  }

  #isKept(log: FollowedLog): boolean {
    return this.#logs.get(log.file.identity) === log;
  }

  async #isLikeCopy(log: FollowedLog, original: FollowedLog): Promise<boolean> {
    if (!original.isUnderWay || original.packed || !isSameHead(original.head, log.head)) return false;
    // What is packed shows its length only to whoever unpacks it: it is looked at again when the original is gone
    if (log.packed) return true;
    const facts = await original.file.facts().catch(() => null);
    return facts !== null && (await isCopy(log.file, log.size, original.file, facts.size));
  }

  /** Passes over the logs that have something to read. `last`: nothing comes any more. */
  passes(nowMs: number, last = false): Mergeable[] {
    const due = [...this.#logs.values()].filter((log) => log.isDue(nowMs) || (last && log.isOpen));
    for (const log of due) this.#passing.add(log);
    return due.map((log) => log.pass(nowMs, last));
  }

  /** Remembers how far the passes came. */
  async afterPasses(): Promise<void> {
    for (const log of this.#passing) {
      const gone = await log.afterPass();
      if (gone !== null) this.#remember(gone);
    }
    this.#passing.clear();
  }

  /** Lets go of all files. */
  async close(): Promise<void> {
    for (const { file } of this.#logs.values()) await file.release();
    this.#logs.clear();
  }
}
