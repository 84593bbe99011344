/**
 * A channel of grpc-js that keeps its healthy calls alive while others are cancelled by the thousand: new calls go to another session
 * before the server would end the one they share.
 */
import {
  Channel,
  type ChannelCredentials,
  type ChannelInterface,
  type ChannelOptions,
  type ClientOptions,
} from "@grpc/grpc-js";
import { logLines, outsideCalls, systemClock } from "../runtime/bridge/index.ts";
import { ResetBudget } from "./reset-budget.ts";
import { STATUS } from "./status.ts";

/** A call as grpc-js's client drives it. */
type Call = ReturnType<ChannelInterface["createCall"]>;
type Listener = Parameters<Call["start"]>[1];

/** A session of its own, and what was asked of it. */
interface Lane {
  readonly channel: ChannelInterface;
  readonly budget: ResetBudget;
  retired: boolean;
}

/** Makes the channel of a client; for its option `channelFactoryOverride`. */
export function rotatingChannel(
  address: string,
  credentials: ChannelCredentials,
  options: ClientOptions,
): ChannelInterface {
  return new RotatingChannel(address, credentials, options as ChannelOptions);
}

class RotatingChannel implements ChannelInterface {
  readonly #address: string;
  readonly #make: () => ChannelInterface;
  readonly #lanes = new Set<Lane>();
  #lane: Lane;
  #closed = false;

  constructor(address: string, credentials: ChannelCredentials, options: ChannelOptions) {
    this.#address = address;
    // Channels share sessions otherwise
    const own = { ...options, "grpc.use_local_subchannel_pool": 1 };
    this.#make = () => outsideCalls(() => new Channel(address, credentials, own));
    this.#lane = this.#open();
  }

  createCall(...args: Parameters<ChannelInterface["createCall"]>): Call {
    const now = systemClock.now();
    if (!this.#closed && this.#lane.budget.isFull(now)) this.#rotate(now);
    const lane = this.#lane;
    lane.budget.opened();
    return watched(lane.channel.createCall(...args), (withReset) => {
      lane.budget.ended(systemClock.now(), withReset);
      if (lane.retired && lane.budget.open === 0) this.#end(lane);
    });
  }

  close(): void {
    this.#closed = true;
    for (const { channel } of this.#lanes) channel.close();
  }

  getTarget(): string {
    return this.#lane.channel.getTarget();
  }

  getConnectivityState(tryToConnect: boolean): ReturnType<ChannelInterface["getConnectivityState"]> {
    return outsideCalls(() => this.#lane.channel.getConnectivityState(tryToConnect));
  }

  watchConnectivityState(...args: Parameters<ChannelInterface["watchConnectivityState"]>): void {
    this.#lane.channel.watchConnectivityState(...args);
  }

  getChannelzRef(): ReturnType<ChannelInterface["getChannelzRef"]> {
    return this.#lane.channel.getChannelzRef();
  }

  #open(): Lane {
    const lane = { channel: this.#make(), budget: new ResetBudget(), retired: false };
    this.#lanes.add(lane);
    return lane;
  }

  /** Calls that run stay where they are. */
  #rotate(now: number): void {
    const old = this.#lane;
    const resets = Math.round(old.budget.resets(now));
    this.#lane = this.#open();
    old.retired = true;
    if (old.budget.open === 0) this.#end(old);
    if (resets === 0 || !logLines.hasSubscribers) return;
    const text = `calls of ${this.#address} go to another connection: ${resets} were cancelled on the one before, and a server may end a connection with all its streams for more`;
    logLines.publish({ level: "warn", text, error: null });
  }

  #end(lane: Lane): void {
    this.#lanes.delete(lane);
    lane.channel.close();
  }
}

/** Calls back when the call has ended, and whether its stream was reset from here. */
function watched(call: Call, ended: (withReset: boolean) => void): Call {
  const start = call.start.bind(call);
  const cancelWithStatus = call.cancelWithStatus.bind(call);
  let cancelled = false;
  call.cancelWithStatus = (code, details) => {
    cancelled = true;
    cancelWithStatus(code, details);
  };
  call.start = (metadata, listener: Listener) => {
    let over = false;
    start(metadata, {
      onReceiveMetadata: (received) => listener.onReceiveMetadata(received),
      onReceiveMessage: (message: unknown) => listener.onReceiveMessage(message),
      onReceiveStatus: (status) => {
        if (!over) ended(cancelled || status.code === STATUS.deadlineExceeded);
        over = true;
        listener.onReceiveStatus(status);
      },
    });
  };
  return call;
}
