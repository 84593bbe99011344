import { usageFailure } from "../failure.ts";
export async function runTui(..._: unknown[]): Promise<number> {
  throw usageFailure("not there yet");
}
