/**
 * The service a file belongs to, read from its path.
 *
 * Knows the names that Kubernetes and Docker make (parts and copies of a log: `file-name.ts`). Pods: Deployment `NAME-<hash>-<5>`, DaemonSet
 * `NAME-<5>`, StatefulSet `NAME-<n>`. A file with a name that says nothing (`app.log`, `stdout.log`, `0.log`) is named by its folder.
 */
import { logOfFile } from "./file-name.ts";

/** Names that say what a file is and not whose. */
const GENERIC = new Set(
  (
    "app application main stdout stderr std out err error errors output log logs server service svc console current access access_log " +
    "access-log error_log error-log syslog messages message all combined merged info debug warn warning trace default container json text " +
    "data var tmp temp pods containers spans traces otlp metrics input kern daemon history"
  ).split(" "),
);

const SAFE = "[bcdfghjklmnpqrstvwxz2456789]";
/** Kubernetes makes hashes without vowels and without 0, 1 and 3. The long one is read loosely, the short one needs a digit. */
const DEPLOYMENT = /-(?=[a-z]*\d)[a-z0-9]{8,10}-[a-z0-9]{5}$/;
const DEPLOYMENT_SHORT = new RegExp(`-(?=[a-z]*\\d)${SAFE}{6,10}-${SAFE}{5}$`);
const DAEMON_SET = new RegExp(`-(?=[a-z]*\\d)${SAFE}{5}$`);
const STATEFUL_SET = /-\d{1,4}$/;

/** The service of a pod (or of a container that Compose numbered), from its name: without what the cluster appended. */
export function serviceOfPod(pod: string): string {
  for (const suffix of [DEPLOYMENT, DEPLOYMENT_SHORT, STATEFUL_SET, DAEMON_SET]) {
    const cut = pod.replace(suffix, "");
    if (cut !== pod && cut !== "") return cut;
  }
  return pod;
}

/** The service of a pod that a Deployment made; null for a name that does not look like such a pod's. */
export function serviceOfDeployedPod(name: string): string | null {
  const service = name.replace(DEPLOYMENT, "").replace(DEPLOYMENT_SHORT, "");
  return service === name || service === "" ? null : service;
}

/** True for a name that says what something is and not whose: `app`, `main`, `server`. */
export function isGenericName(name: string): boolean {
  return GENERIC.has(name.toLowerCase());
}

function withoutEndings(name: string): string {
  return logOfFile(name, isGenericName);
}

/** The kubelet's file: POD_NAMESPACE_CONTAINER-<64 hex>.log; its folder: NAMESPACE_POD_UID. */
const KUBELET_FILE = /^([^_]+)_[^_]+_.+-[0-9a-f]{64}$/;
const KUBELET_FOLDER = /^[^_]+_([^_]+)_[0-9a-f-]{32,36}$/;

function serviceOfName(name: string): string | null {
  const pod = KUBELET_FILE.exec(name)?.[1] ?? KUBELET_FOLDER.exec(name)?.[1];
  if (pod !== undefined) return serviceOfPod(pod);
  const service = serviceOfPod(name);
  // Docker names a container's log by the container's id
  return /^(?:[\d._-]*|[0-9a-f]{12,64}(?:-json)?)$/.test(service) || isGenericName(service) ? null : service;
}

/** The service that a path names, by its file or (where that says nothing) by one of the two folders above it; null where none does. */
export function serviceOfPath(path: string): string | null {
  const parts = path.split(/[\\/]/).filter((part) => part !== "" && part !== "." && part !== "..");
  const file = parts.pop();
  if (file === undefined) return null;
  const own = serviceOfName(withoutEndings(file));
  if (own !== null) return own;
  // namespaces/NAMESPACE/pods/POD/CONTAINER/CONTAINER/logs/current.log: OpenShift's must-gather
  const gathered = /(?:^|[\\/])namespaces[\\/][^\\/]+[\\/]pods[\\/]([^\\/]+)[\\/]/.exec(path)?.[1];
  if (gathered !== undefined) return serviceOfName(gathered);
  // /var/log/pods/NAMESPACE_POD_UID/CONTAINER/0.log: the pod's folder says more than the container's
  const above = parts.slice(-2).reverse();
  const kubelet = above.find((part) => KUBELET_FOLDER.test(part));
  if (kubelet !== undefined) return serviceOfName(kubelet);
  for (const part of above) {
    const service = serviceOfName(withoutEndings(part));
    if (service !== null) return service;
  }
  return null;
}

/** Names of tasks, tokens, dates and machines in the names of log streams. */
const STREAM_ID = /^(?:[0-9a-f-]{8,}|\d+|i-[0-9a-f]+|ip-[\d-]+.*|\[.*\].*|\d{4}-\d\d-\d\d)$/;

const TASK = /^(?=[a-f]*\d)[0-9a-f]{4,}$/;

/** The service that the name of a log stream tells: `PREFIX/CONTAINER/TASK`, the kubelet's file, or a name alone; null where it tells none. */
export function serviceOfLogStream(stream: string): string | null {
  const kubelet = KUBELET_FILE.exec(withoutEndings(stream.replace(/^.*\.containers\./, "")));
  if (kubelet !== null) return serviceOfPod(kubelet[1] as string);
  if (stream.includes(".containers.")) return null;
  const all = stream.split("/");
  // The last of three is the task, whatever its length
  if (all.length > 2 && TASK.test(all.at(-1) ?? "")) all.pop();
  const parts = all.filter((part) => part !== "" && !STREAM_ID.test(part));
  const last = parts.at(-1);
  return last === undefined ? null : serviceOfName(withoutEndings(last));
}

/** The service that the name of a log group tells by its last part (`/aws/lambda/NAME`), or a shipper's tag (`kube.NAME`). */
export function serviceOfLogGroup(group: string): string | null {
  if (group.includes(".containers.")) return serviceOfLogStream(group);
  const tag = /^(?:kube|docker|fluent|td|app)\.([\w -]+)$/.exec(group)?.[1];
  if (tag !== undefined) return serviceOfName(tag);
  if (!group.includes("/")) return null;
  const last = group.split("/").at(-1) ?? "";
  return last === "" ? null : serviceOfName(last);
}

/** The service of a file that a shipper read; null for what is no file of logs, as a place in the code is. */
export function serviceOfLogPath(path: string): string | null {
  return /(?:^|[\w-])\.(?:log|txt|out|err|jsonl|gz)\b|[\\/](?:logs?|pods|containers)[\\/]/i.test(path)
    ? serviceOfPath(path)
    : null;
}
