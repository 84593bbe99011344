/**
 * Connections of a client: dialled when needed, shared by all streams, closed when idle.
 *
 * A refused dial fails the calls that waited for it and nothing else: the next call dials again, other addresses first. Sockets and timers
 * are made outside every scope.
 */
import { outsideCalls } from "../async-context.ts";
import type { Clock, Timer } from "../clock.ts";
import { Budget } from "../connection/budget.ts";
import type { Connection } from "../connection/connection.ts";
import type { ConnectionLimits } from "../connection/limits.ts";
import { DialError } from "../errors/dial-error.ts";
import { readable } from "../errors/thrown-value.ts";
import * as channels from "../seams/channels.ts";
import { noteConnection } from "../seams/load.ts";
import { Driver } from "../transport/driver.ts";
import type { Transport } from "../transport/pipe.ts";
import type { Connected, Connections } from "./call-opening.ts";
import { Rotation, SHUN_MS, type Slot } from "./rotation.ts";

/** Where to connect: one address, several, or a function that finds them (called for every dial round). */
export type Target = string | readonly string[] | (() => readonly string[] | Promise<readonly string[]>);

/** What a pool is made of. */
export interface PoolOptions {
  readonly target: Target;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly limits: ConnectionLimits;
  readonly dialTimeoutMs: number;
  readonly idleMs: number;
  readonly connectionsPerAddress: number;
  readonly resolveMs: number;
  readonly pingMs: number;
}

function connected(slot: Slot, { connection }: Driver): Connected {
  return { connection, remote: slot.address };
}

/** The addresses that a resolver found. Throws where they are none. */
function checkFound(found: unknown): readonly string[] {
  if (!Array.isArray(found) || !found.every((each) => typeof each === "string")) {
    throw new TypeError("the resolver must give a list of addresses");
  }
  if (found.length === 0) throw new Error("the resolver found no address");
  return found;
}

/** The connections of one client. */
export class Pool implements Connections {
  readonly #options: PoolOptions;
  readonly #rotation: Rotation;
  /** Calls that wait for a connection which is not full. */
  #waiting: (() => void)[] = [];
  #resolvedAt = Number.NEGATIVE_INFINITY;
  #resolving: Promise<void> | null = null;
  /** Every connection that is not gone, those of addresses that are not used any more included. */
  readonly #connections = new Map<Driver, Slot>();
  readonly #budget: Budget;
  #idleTimer: Timer | null = null;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#rotation = new Rotation(options.connectionsPerAddress);
    this.#budget = new Budget(options.limits.totalBufferBytes);
    const { target } = options;
    if (typeof target !== "function") this.#setAddresses(typeof target === "string" ? [target] : target);
  }

  /** Live connections. */
  get size(): number {
    return this.#rotation.slots.filter((slot) => slot.driver !== null).length;
  }

  /** A connection at once where one is open, else the promise of one. Fails with DialError when every address refuses. */
  acquire(): Connected | Promise<Connected> {
    if (this.#closed) throw new Error("client is closed");
    const stale = typeof this.#options.target === "function" && this.#isStale();
    const slot = stale ? null : this.#pick();
    const driver = slot?.live ?? null;
    if (slot !== null && driver !== null && !slot.full) return connected(slot, driver);
    return outsideCalls(() => this.#connect(slot));
  }

  unused(): void {
    if (this.#waiting.length > 0) this.#waiting.shift()?.();
  }

  refused(connection: Connection, why: string): boolean {
    if (this.#closed) return false;
    const slot = this.#rotation.slots.find((each) => each.driver?.connection === connection) ?? null;
    const streams = /^streams ([0-9]{1,9})$/.exec(why);
    if (streams !== null) {
      connection.maxStreams = Math.max(1, Number(streams[1]));
      return true;
    }
    if (why === "busy") {
      if (slot !== null) slot.refusedAt = this.#options.clock.now();
      return this.#rotation.slots.some((each) => each !== slot && each.address !== slot?.address);
    }
    if (slot !== null) this.#retire(slot, connection);
    return true;
  }

  /** Takes a connection out of the rotation: it ends with its last call. */
  #retire(slot: Slot, connection: Connection): void {
    slot.refusedAt = this.#options.clock.now();
    slot.driver = null;
    if (connection.streamCount === 0) connection.close("transport is closing");
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Closes every connection. Streams that still live end with 12006. */
  close(): void {
    this.#closed = true;
    this.#wakeAll();
    this.#idleTimer?.cancel();
    for (const driver of this.#connections.keys()) driver.connection.close("transport is closing");
  }

  #isStale(): boolean {
    return this.#options.clock.now() - this.#resolvedAt >= this.#options.resolveMs;
  }

  async #connect(picked: Slot | null): Promise<Connected> {
    const { target, clock } = this.#options;
    if (typeof target === "function" && this.#isStale()) {
      this.#resolving ??= this.#resolve(target).finally(() => {
        this.#resolving = null;
      });
      await this.#resolving;
    }
    const first = picked ?? this.#pick();
    if (first?.full === true) return this.#room();
    if (first === null) throw new DialError("", new Error("the resolver found no address"));
    const others = this.#rotation.others(first, clock.now());
    let failure: unknown = null;
    const tried = new Set<string>();
    for (const slot of [first, ...others]) {
      if (tried.has(slot.address)) continue;
      tried.add(slot.address);
      try {
        const driver = await this.#dial(slot);
        return connected(slot, driver);
      } catch (error) {
        failure ??= error;
      }
    }
    throw failure;
  }

  /** Waits until a connection takes one more call. */
  async #room(): Promise<Connected> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.acquire();
  }

  /** Asks for the addresses, once for all calls that wait. Where that fails the last ones stay, and are asked for again soon. */
  async #resolve(target: () => readonly string[] | Promise<readonly string[]>): Promise<void> {
    const { clock, resolveMs, dialTimeoutMs } = this.#options;
    const late = Promise.withResolvers<never>();
    const timer = clock.timer(dialTimeoutMs, () => late.reject(new Error(`no answer within ${dialTimeoutMs} ms`)));
    try {
      const found = await Promise.race([target(), late.promise]);
      this.#setAddresses(checkFound(found));
      this.#resolvedAt = clock.now();
    } catch (error) {
      if (this.#rotation.slots.length === 0) throw new DialError("", readable(error), "resolver");
      this.#resolvedAt = clock.now() - resolveMs + Math.min(resolveMs, SHUN_MS);
    } finally {
      timer.cancel();
    }
  }

  #dial(slot: Slot): Promise<Driver> {
    const { live } = slot;
    if (live !== null) return Promise.resolve(live);
    slot.dialling ??= this.#dialNow(slot).finally(() => {
      slot.dialling = null;
    });
    return slot.dialling;
  }

  async #dialNow(slot: Slot): Promise<Driver> {
    const { transport, limits, dialTimeoutMs, clock, pingMs } = this.#options;
    const { address } = slot;
    try {
      const pipe = await transport.dial(address, dialTimeoutMs);
      if (this.#closed) {
        pipe.destroy();
        throw new Error("client is closed");
      }
      const driver = new Driver({ side: "client", pipe, limits, clock, budget: this.#budget, pingMs, acceptor: null });
      const { connection } = driver;
      slot.driver = driver;
      this.#connections.set(driver, slot);
      slot.refusedAt = Number.NEGATIVE_INFINITY;
      connection.onStreamAdded = () => {
        if (connection.streamCount > 1) return;
        slot.idleSince = Number.POSITIVE_INFINITY;
        pipe.hold(true);
      };
      connection.onStreamGone = () => {
        this.unused();
        if (connection.streamCount > 0) return;
        this.#idle(slot, driver);
        if (slot.driver !== driver || !this.#rotation.slots.includes(slot)) connection.close("transport is closing");
      };
      connection.onDraining = () => {
        if (slot.driver === driver) this.#retire(slot, connection);
      };
      const forget = noteConnection(connection);
      driver.onGone = (error) => {
        forget();
        if (slot.driver === driver) slot.driver = null;
        this.#connections.delete(driver);
        this.#wakeAll();
        if (channels.connectionLost.hasSubscribers) {
          channels.connectionLost.publish({ side: "client", remote: address, error, streams: driver.streamsLost });
        }
      };
      driver.start();
      if (channels.connectionOpen.hasSubscribers) {
        channels.connectionOpen.publish({ side: "client", remote: address, error: null, streams: 0 });
      }
      this.#idle(slot, driver);
      return driver;
    } catch (error) {
      slot.refusedAt = clock.now();
      throw new DialError(address, error);
    }
  }

  /** No stream lives: the connection neither keeps the process alive nor stays for ever. */
  #idle(slot: Slot, driver: Driver): void {
    slot.idleSince = this.#options.clock.now();
    driver.pipe.hold(false);
    this.#armIdleTimer(this.#options.idleMs);
  }

  #armIdleTimer(ms: number): void {
    if (this.#idleTimer !== null || this.#closed) return;
    this.#idleTimer = this.#options.clock.timer(ms, () => {
      this.#idleTimer = null;
      this.#closeIdle();
    });
  }

  #closeIdle(): void {
    const { clock, idleMs } = this.#options;
    const now = clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const [driver, slot] of this.#connections) {
      if (driver.connection.streamCount > 0 || driver.connection.closed !== null) continue;
      const left = slot.idleSince + idleMs - now;
      if (left <= 0) {
        if (slot.driver === driver) slot.driver = null;
        driver.connection.close("transport is closing");
      } else next = Math.min(next, left);
    }
    if (next < Number.POSITIVE_INFINITY) this.#armIdleTimer(next);
  }

  #pick(): Slot | null {
    return this.#rotation.pick(this.#options.clock.now());
  }

  #setAddresses(addresses: readonly string[]): void {
    for (const { driver } of this.#rotation.assign(addresses) ?? []) {
      if (driver?.connection.streamCount === 0) driver.connection.close("transport is closing");
    }
  }
}
