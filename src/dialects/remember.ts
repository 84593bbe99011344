/** Texts remembered at a time, in sets: those of one set look alike at a glance, and of these the one goes that has been there longest. */
const SETS = 512;
const WAYS = 4;
/** Longer texts are read anew each time: remembered, they would only hold memory. */
const LONGEST = 2_048;
/** So many signs of a text are looked at to find its set. */
const SIGNS = 24;

/**
 * Remembers what a pure function made of recent texts. A log says the same few things over and over: most of reading an error text is
 * saved that way. A text is found by a few of its signs and then compared, which takes a quarter of what a map needs for it.
 */
export function remember<Value>(read: (text: string) => Value): (text: string) => Value {
  const texts: (string | undefined)[] = new Array(SETS * WAYS).fill(undefined);
  const values: (Value | undefined)[] = new Array(SETS * WAYS).fill(undefined);
  const oldest = new Uint8Array(SETS);
  return (text) => {
    if (text.length > LONGEST) return read(text);
    const set = setOf(text);
    const end = set * WAYS + WAYS;
    for (let at = end - WAYS; at < end; at += 1) if (texts[at] === text) return values[at] as Value;
    const value = read(text);
    const way = oldest[set] as number;
    oldest[set] = (way + 1) % WAYS;
    texts[set * WAYS + way] = text;
    values[set * WAYS + way] = value;
    return value;
  };
}

/** A number for the length of a text and signs from all over it. */
function setOf(text: string): number {
  const { length } = text;
  const step = Math.ceil(length / SIGNS);
  let hash = length;
  for (let at = length - 1; at >= 0; at -= step) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) & (SETS - 1);
}
