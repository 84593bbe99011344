/** Texts remembered at a time; then all are forgotten at once, which is cheaper than finding out which is the oldest. */
const MOST = 2_048;
/** Longer texts are read anew each time: remembered, they would only hold memory. */
const LONGEST = 2_048;

/**
 * Remembers what a pure function made of recent texts. A log says the same few things over and over: most of reading an error text is
 * saved that way.
 */
export function remember<Value>(read: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    if (text.length > LONGEST) return read(text);
    let value = known.get(text);
    if (value === undefined) {
      value = read(text);
      if (known.size >= MOST) known.clear();
      known.set(text, value);
    }
    return value;
  };
}
