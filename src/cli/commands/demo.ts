import { usageFailure } from "../failure.ts";
export async function runDemo(..._: unknown[]): Promise<number> {
  throw usageFailure("not there yet");
}
