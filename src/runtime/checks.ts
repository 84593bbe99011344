/** Checks of what users give: mistakes are told at once, by name. */

/** Checks a duration. Throws TypeError naming it. */
export function checkMillis(value: unknown, name: string): void {
  if (value === undefined) return;
  if (typeof value !== "number" || !(value > 0))
    throw new TypeError(`${name} must be a positive number of milliseconds`);
}

/** Checks a number of things. Throws TypeError naming it. */
export function checkCount(value: unknown, name: string): void {
  if (Number.isSafeInteger(value) && (value as number) > 0) return;
  throw new TypeError(`${name} must be a positive integer, got ${String(value)}`);
}

/** Checks that options are an object of known names, so that a misspelt one is not silently without effect. Throws TypeError naming it. */
export function checkOptions(options: object, known: ReadonlySet<string>, where = ""): void {
  if (typeof options !== "object" || options === null) throw new TypeError("options must be an object");
  for (const name of Object.keys(options)) {
    if (known.has(name)) continue;
    const near = [...known].find((each) => isNear(each, name));
    throw new TypeError(`${where}${name}: there is no such option${near === undefined ? "" : `, ${near} is meant?`}`);
  }
}

/** True for names that begin alike or differ in their case only. */
function isNear(a: string, b: string): boolean {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  return one.startsWith(other) || other.startsWith(one) || one.slice(0, 5) === other.slice(0, 5);
}
