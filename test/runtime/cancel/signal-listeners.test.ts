import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { onAbort } from "../../../src/runtime/cancel/signal-listeners.ts";

describe("callbacks of a signal", () => {
  it("share one listener, which goes with the last of them", () => {
    const { signal } = new AbortController();
    const offs = Array.from({ length: 20 }, () => onAbort(signal, () => {}));
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    for (const off of offs) off();
    offs[0]?.();
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("are called once, in their order, but for those that were taken back meanwhile", () => {
    const controller = new AbortController();
    const told: number[] = [];
    let off = () => {};
    onAbort(controller.signal, () => {
      told.push(1);
      off();
    });
    off = onAbort(controller.signal, () => void told.push(2));
    onAbort(controller.signal, () => void told.push(3));
    controller.abort();
    expect(told).toEqual([1, 3]);
  });

  it("of which the last was taken back can be followed by others", () => {
    const controller = new AbortController();
    let told = 0;
    onAbort(controller.signal, () => {})();
    onAbort(controller.signal, () => {
      told += 1;
    });
    controller.abort();
    expect(told).toBe(1);
  });
});
