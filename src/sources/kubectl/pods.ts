/** What `kubectl get pods -o json` says -> the containers that have a log. */

/** One container of one pod, as it runs now: a restarted one is another. */
export interface Container {
  readonly namespace: string;
  readonly pod: string;
  /** The runtime's id of this very run. */
  readonly id: string;
}

type Json = Readonly<Record<string, unknown>>;

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter((each): each is Json => typeof each === "object" && each !== null) : [];
}

function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

/** Reads the answer; null where it is none. Containers that have not started yet are left out. */
export function parseContainers(text: string): Container[] | null {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(objectOf(answer)["items"])) return null;
  return listOf(objectOf(answer)["items"]).flatMap((pod) => {
    const { name, namespace } = objectOf(pod["metadata"]);
    const statuses = listOf(objectOf(pod["status"])["containerStatuses"]);
    return statuses.flatMap(({ containerID: id }) =>
      typeof name === "string" && typeof id === "string" && id !== ""
        ? [{ namespace: typeof namespace === "string" ? namespace : "", pod: name, id }]
        : [],
    );
  });
}
