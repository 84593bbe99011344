/**
 * What both protocols do with a request once it is there: checks the token, keeps the memory limit, takes it in, passes it on, counts.
 */
import { timingSafeEqual } from "node:crypto";
import { MalformedRequest, type Signal, type TailSampler } from "../sampling/tail-sampler.ts";
import { ByteBudget } from "./byte-budget.ts";
import type { Forward, ForwardRequest } from "./forward.ts";
import { type Addresses, type Port, type RefusalCount, type RefusalReason, Refusals } from "./refusals.ts";
import { CLOSING, malformed, NO_TOKEN, type Refusal } from "./status.ts";

/** A body as it came, and what it is when decompressed. */
export interface Delivery {
  readonly signal: Signal | "metrics";
  readonly json: boolean;
  /** The decompressed bytes. */
  readonly chunks: readonly Buffer[];
  readonly length: number;
  /** What stood on the wire, for passing on unchanged. */
  readonly raw: readonly Buffer[];
  readonly encoding: string | null;
}

/** Counts of requests. */
export interface ExportCounts {
  readonly requests: number;
  /** Refused because the memory limit was reached: senders send again or drop. */
  readonly refused: number;
  /** Refused because of what they were. */
  readonly malformed: number;
  /** Both, and metrics, by reason. */
  readonly refusals: readonly RefusalCount[];
}

const BEARER = "Bearer ";

/** The service that exporters call. */
export class ExportService {
  readonly #sampler: TailSampler;
  readonly #forward: Forward | null;
  readonly #token: Buffer | null;
  readonly #budget: ByteBudget;
  readonly #refusals = new Refusals();
  #requests = 0;
  #closing = false;

  constructor(sampler: TailSampler, forward: Forward | null, token: string | null, maxBufferedBytes: number) {
    this.#sampler = sampler;
    this.#forward = forward;
    this.#token = token === null ? null : Buffer.from(token);
    this.#budget = new ByteBudget(maxBufferedBytes);
  }

  /** What became of the requests; the advice names the addresses of the receiver. */
  counts(addresses: Addresses): ExportCounts {
    return {
      requests: this.#requests,
      refused: this.#refusals.count((reason) => reason === "memory-limit"),
      malformed: this.#refusals.count((reason) => reason !== "memory-limit" && reason !== "metrics"),
      refusals: this.#refusals.list(addresses),
    };
  }

  /** From now on everything is refused, with the advice to try again. */
  close(): void {
    this.#closing = true;
  }

  /** True once it is being closed. */
  get closing(): boolean {
    return this.#closing;
  }

  /** True where metrics have somewhere to go. */
  get takesMetrics(): boolean {
    return this.#forward !== null;
  }

  /** Says why a request is refused before its body is read; null: it is welcome. */
  refusal(authorization: string | undefined): Refusal | null {
    if (this.#token !== null && !this.#isToken(authorization ?? "")) return NO_TOKEN;
    return this.#closing ? CLOSING : null;
  }

  #isToken(authorization: string): boolean {
    // The name of the scheme may be written in any case (RFC 9110, 11.1)
    if (authorization.slice(0, BEARER.length).toLowerCase() !== BEARER.toLowerCase()) return false;
    const given = Buffer.from(authorization.slice(BEARER.length));
    const token = this.#token as Buffer;
    return given.length === token.length && timingSafeEqual(given, token);
  }

  /** Reserves memory for bytes of a body; false: the request must be refused with FULL. */
  reserve(bytes: number): boolean {
    return this.#budget.reserve(bytes);
  }

  /** Gives the memory of a body back. */
  release(bytes: number): void {
    this.#budget.release(bytes);
  }

  /** Takes a whole request in; null: it is done. */
  deliver({ signal, json, chunks, length, raw, encoding }: Delivery): Refusal | null {
    this.#requests += 1;
    try {
      if (signal !== "metrics") {
        if (json) this.#sampler.takeJson(Buffer.concat(chunks, length).toString("utf8"));
        else this.#sampler.takeProtobuf(signal, chunks, length);
      }
    } catch (error) {
      if (!(error instanceof MalformedRequest)) throw error;
      return malformed(error.message);
    }
    const request: ForwardRequest = { signal, json, body: raw, encoding };
    this.#forward?.push(request);
    return null;
  }

  /** Counts what was refused, see {@link Refusals.add}. */
  refuse(port: Port, status: number | null, reason: RefusalReason, detail: string): void {
    this.#refusals.add(port, status, reason, detail);
  }
}
