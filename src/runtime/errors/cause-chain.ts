/** A chain of causes is followed this far; it may be a circle. */
const MAX_DEPTH = 20;

/** The first error in the chain of an error's causes, itself included, that is what is asked for; null if there is none. */
export function findCause<Wanted>(error: unknown, wanted: (each: unknown) => each is Wanted): Wanted | null {
  let each = error;
  for (let depth = 0; depth < MAX_DEPTH && typeof each === "object" && each !== null; depth += 1) {
    if (wanted(each)) return each;
    each = (each as { cause?: unknown }).cause;
  }
  return null;
}
