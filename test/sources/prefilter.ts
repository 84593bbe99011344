import type { Prefilter } from "../../src/model/index.ts";

/** What these tests look for. */
export const prefilter: Prefilter = {
  needles: ["ttstream error, code=", "rpc error: code = ", "KITEX: ", "server listen at addr="],
  smells: ["cancel", "Cancel", "deadline exceeded"],
  wordings: [],
  figures: [],
  callFields: ["peer", "rpc.service", "rpc.method"],
  fields: ["streamscope.cancel.id"],
};

/** An error as Kitex writes it. */
export const ERROR =
  "[ttstream error, code=12007] [server-side stream] [canceled path: ServiceA -> ServiceB] user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively";
