/**
 * Values out of JSON that may be damaged, or written by another release: a value that is not what it should be is replaced by its default, and
 * where it has none the whole is not there.
 */

/** Reads one kind of value; undefined where it is none. */
export type Read<T> = (value: unknown) => T | undefined;

/** Says that a property may be absent. */
export const ABSENT: unique symbol = Symbol("absent");

/** One property of an object: `or` stands for it where it is missing or wrong; without it the object is none. */
export interface Property<T> {
  readonly as: Read<T>;
  readonly or?: T | typeof ABSENT;
}

/** The properties of an object, none left out. */
export type Properties<T> = { readonly [K in keyof T]-?: Property<Exclude<T[K], undefined>> };

/** Text. */
export const text: Read<string> = (value) => (typeof value === "string" ? value : undefined);
/** A finite number. */
export const number: Read<number> = (value) =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
/** True or false. */
export const flag: Read<boolean> = (value) => (typeof value === "boolean" ? value : undefined);
/** An instant, as the text of its nanoseconds. */
export const instant: Read<bigint> = (value) =>
  typeof value === "string" && /^-?\d{1,25}$/.test(value) ? BigInt(value) : undefined;

/** One of some words. */
export function word<T extends string>(words: readonly T[]): Read<T> {
  return (value) => words.find((each) => each === value);
}

/** The same, or null. */
export function orNull<T>(read: Read<T>): Read<T | null> {
  return (value) => (value === null ? null : read(value));
}

/** A list; those that are wrong are left out. */
export function list<T>(read: Read<T>): Read<readonly T[]> {
  return (value) =>
    Array.isArray(value) ? value.map((each: unknown) => read(each)).filter((each) => each !== undefined) : undefined;
}

/** An object with these properties and no others. */
export function object<T extends object>(properties: Properties<T>): Read<T> {
  const all = Object.entries(properties) as [string, Property<unknown>][];
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const found: Record<string, unknown> = {};
    for (const [name, { as, or }] of all) {
      const each = Object.hasOwn(value, name) ? as((value as Record<string, unknown>)[name]) : undefined;
      if (each !== undefined) found[name] = each;
      else if (or === undefined) return undefined;
      else if (or !== ABSENT) found[name] = or;
    }
    return found as T;
  };
}

/** The first of several that reads it. */
export function either<T>(reads: readonly Read<T>[]): Read<T> {
  return (value) => {
    for (const read of reads) {
      const found = read(value);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}
