/**
 * What both protocols do with a request once it is there: checks the token, makes room, takes it in, passes it on, counts.
 */
import { timingSafeEqual } from "node:crypto";
import { MalformedRequest, type Signal, type TailSampler } from "../sampling/tail-sampler.ts";
import { ByteBudget } from "./byte-budget.ts";
import type { Forward } from "./forward.ts";
import { CLOSING, FULL, malformed, NO_TOKEN, type Refusal } from "./status.ts";

/** A body as it came, and what it is when unpacked. */
export interface Delivery {
  readonly signal: Signal | "metrics";
  readonly json: boolean;
  /** The unpacked bytes. */
  readonly chunks: readonly Buffer[];
  readonly length: number;
  /** What stood on the wire, for passing on unchanged. */
  readonly raw: readonly Buffer[];
  readonly encoding: string | null;
}

/** Counts of requests. */
export interface ExportCounts {
  requests: number;
  /** Refused because there was no room: senders send again or drop. */
  refused: number;
  /** Refused because of what they were. */
  malformed: number;
}

/** The desk at which requests arrive. */
export class ExportService {
  readonly counts: ExportCounts = { requests: 0, refused: 0, malformed: 0 };
  readonly #intake: TailSampler;
  readonly #forward: Forward | null;
  readonly #token: Buffer | null;
  readonly #room: ByteBudget;
  #closing = false;

  constructor(intake: TailSampler, forward: Forward | null, token: string | null, maxBufferedBytes: number) {
    this.#intake = intake;
    this.#forward = forward;
    this.#token = token === null ? null : Buffer.from(`Bearer ${token}`);
    this.#room = new ByteBudget(maxBufferedBytes);
  }

  /** From now on everything is refused, with the advice to try again. */
  close(): void {
    this.#closing = true;
  }

  /** True where metrics have somewhere to go. */
  get takesMetrics(): boolean {
    return this.#forward !== null;
  }

  /** Says why a request is refused before its body is read; null: it is welcome. */
  refusal(authorization: string | undefined): Refusal | null {
    if (this.#token !== null) {
      const given = Buffer.from(authorization ?? "");
      if (given.length !== this.#token.length || !timingSafeEqual(given, this.#token)) return NO_TOKEN;
    }
    return this.#closing ? CLOSING : null;
  }

  /** Makes room for bytes of a body; false: the request must be refused with {@link FULL}. */
  takeRoom(bytes: number): boolean {
    if (this.#room.take(bytes)) return true;
    this.counts.refused += 1;
    return false;
  }

  /** Gives the room of a body back. */
  giveRoom(bytes: number): void {
    this.#room.give(bytes);
  }

  /** Takes a whole request in; null: it is done. */
  deliver({ signal, json, chunks, length, raw, encoding }: Delivery): Refusal | null {
    this.counts.requests += 1;
    try {
      if (signal !== "metrics") {
        if (json) this.#intake.takeJson(Buffer.concat(chunks, length).toString("utf8"));
        else this.#intake.takeProtobuf(signal, chunks, length);
      }
    } catch (error) {
      if (!(error instanceof MalformedRequest)) throw error;
      return this.refuse(malformed(error.message));
    }
    this.#forward?.push({ signal, json, body: raw, encoding });
    return null;
  }

  /** Counts a request that is refused because of what it is. */
  refuse(refusal: Refusal): Refusal {
    this.counts.malformed += 1;
    return refusal;
  }

  /** The answer where there is no room. */
  get full(): Refusal {
    return FULL;
  }
}
