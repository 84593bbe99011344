/** Whether two names may be one service's, by how they are written. */

/** The form in which names are compared: services differ by more than case. */
export function foldName(name: string): string {
  return name.toLowerCase();
}

/**
 * True if one name holds the other as whole words, as names of a cluster hold the service's own: `prod-web-gateway-svc` holds
 * `web-gateway` and not `gate`.
 */
export function holdsName(outer: string, inner: string): boolean {
  const words = wordsOf(inner);
  return words.length > 2 && wordsOf(outer).includes(words);
}

/** The words of a name between hyphens, with one at each end. */
function wordsOf(name: string): string {
  const words = foldName(name)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
  return `-${words.join("-")}-`;
}
