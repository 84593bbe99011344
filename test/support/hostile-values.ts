import fc from "fast-check";
import { BusinessError, StreamException } from "../../src/runtime/index.ts";

function fails(): never {
  throw new Error("a getter threw");
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** Fails in whatever is done with it from the `after`-th time on. */
function trap(target: object, after: number): object {
  let left = after;
  const work = <Value>(value: Value): Value => {
    left -= 1;
    return left < 0 ? fails() : value;
  };
  return new Proxy(target, {
    get: (of, key) => work(Reflect.get(of, key) as unknown),
    has: (of, key) => work(Reflect.has(of, key)),
    getPrototypeOf: (of) => work(Reflect.getPrototypeOf(of)),
  });
}

function withGetter(key: string): Error {
  return Object.defineProperty(new Error("x"), key, { get: fails });
}

function circular(): object {
  const error: Error & { extra?: unknown } = new Error("round and round");
  error.extra = error;
  error.cause = error;
  return error;
}

const answer = () => new BusinessError(5, "no");
const cancel = () => new StreamException({ code: 12007, side: "server", text: "x", origin: null });

const errors = [() => new Error("x"), answer, cancel, () => new DOMException("gone", "AbortError"), () => ({})];

/** Makers of what nobody should throw and somebody does: not the values, which fast-check would look into. */
export const hostileValues: fc.Arbitrary<() => unknown> = fc.oneof(
  fc.constantFrom<() => unknown>(
    () => undefined,
    () => null,
    () => Symbol("s"),
    () => 10n,
    () => Object.create(null),
    () => "x".repeat(200_000),
    () => new Error("y".repeat(200_000)),
    circular,
    () => revoked(() => {}),
    () => Object.assign(new Error("x"), { message: Symbol("m"), name: 5 }),
    () => Object.assign(new Error("x"), { stack: { toString: fails } }),
    () => ({ toString: fails, [Symbol.toPrimitive]: fails }),
    () => Object.assign(answer(), { extra: { id: 10n } }),
    () => Object.assign(answer(), { text: Symbol("t"), status: { valueOf: fails } }),
    () => Object.assign(cancel(), { path: null, text: 5 }),
    () => ({ [Symbol.for("streamscope.StreamException")]: true }),
    () => ({ [Symbol.for("streamscope.BusinessError")]: true }),
  ),
  fc
    .constantFrom("message", "name", "stack", "cause", "code", "intent", "text", "extra", "status", "path")
    .map((key) => () => withGetter(key)),
  fc.constantFrom(...errors).map((make) => () => revoked(make())),
  fc.tuple(fc.constantFrom(...errors), fc.nat(60)).map(
    ([make, after]) =>
      () =>
        trap(make(), after),
  ),
  fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }).map((value) => () => value),
);
