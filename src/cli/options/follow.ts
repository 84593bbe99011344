/**
 * `--follow`, `--kubectl` and their kin: from words of a command line to a reading that goes on.
 */
import type { FollowScope, KubectlScope } from "../../pipeline/index.ts";
import { usageFailure } from "../failure.ts";
import { readDuration } from "./time.ts";

/** The options about following, as they stand on the command line. */
export interface FollowOptions {
  readonly follow?: boolean;
  readonly settle?: string;
  readonly for?: string;
  readonly listen?: string | true;
  readonly kubectl?: string;
  readonly namespace?: readonly string[];
  readonly allNamespaces?: boolean;
  readonly maxLogRequests?: string;
}

/** How long a cascade is quiet before it is printed. */
const SETTLE_MS = 10_000;

/**
 * Reads the options. Null where every input is read to its end.
 *
 * @throws Failure that says which option is wrong and how to write it
 */
export function readFollow(options: FollowOptions, byDefault: boolean): FollowScope | null {
  const kubectl = readKubectl(options);
  const follows = options.follow ?? (byDefault || kubectl !== null);
  if (!follows && kubectl !== null) throw usageFailure("--kubectl follows: leave --no-follow out");
  if (!follows && options.settle !== undefined && options.listen === undefined) {
    throw usageFailure(
      "--settle needs --follow or --listen: it is about cascades that are printed while the reading goes on",
    );
  }
  if (!follows && options.for !== undefined && options.listen === undefined) {
    throw usageFailure("--for needs --follow or --listen: everything else has an end of its own");
  }
  if (!follows) return null;
  return { forMs: options.for === undefined ? null : readDuration(options.for, "--for"), kubectl };
}

/**
 * How long a cascade has to be quiet before it is printed, in milliseconds.
 *
 * @throws Failure where it is no duration
 */
export function readSettle({ settle }: FollowOptions): number {
  return settle === undefined ? SETTLE_MS : readDuration(settle, "--settle");
}

function readKubectl(options: FollowOptions): KubectlScope | null {
  const { kubectl, namespace = [], allNamespaces = false, maxLogRequests } = options;
  if (kubectl === undefined) {
    const lonely = namespace.length > 0 ? "namespace" : allNamespaces ? "all-namespaces" : null;
    const word = lonely ?? (maxLogRequests === undefined ? null : "max-log-requests");
    if (word !== null) throw usageFailure(`--${word} needs --kubectl: it is about the pods whose logs are read`);
    return null;
  }
  if (kubectl.trim() === "" || kubectl.startsWith("-")) {
    throw usageFailure(`--kubectl "${kubectl}": write a selector of labels, such as --kubectl app=chat`);
  }
  if (allNamespaces && namespace.length > 0) {
    throw usageFailure("--namespace and --all-namespaces say different things; leave one of them out");
  }
  const most = maxLogRequests === undefined ? null : Number(maxLogRequests);
  if (most !== null && !(Number.isInteger(most) && most >= 1)) {
    throw usageFailure(`--max-log-requests "${maxLogRequests}": write a whole number of at least 1`);
  }
  return { selector: kubectl, namespaces: allNamespaces ? "all" : namespace, maxLogRequests: most };
}
