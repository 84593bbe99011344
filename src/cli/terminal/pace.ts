/** How often the screens get a new picture. */

/** A picture of much evidence takes time: the program rests this many times as long before the next. */
const REST = 4;
/** So many pictures say what one takes; a pause of the garbage collector is one of them, and makes the next no later. */
const LAST = 5;

/** Makes a function that says how long to wait after a picture that took so many milliseconds, in milliseconds. */
export function createPace(): (tookMs: number) => number {
  const last: number[] = [];
  return (tookMs) => {
    last.push(tookMs);
    if (last.length > LAST) last.shift();
    const typical = last.toSorted((a, b) => a - b)[last.length >> 1] as number;
    return typical * REST;
  };
}
