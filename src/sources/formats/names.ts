/**
 * Whose a record is: the names that its fields, the wrappers around it, its resource and its file give to one writer, and which of them
 * is the service's.
 *
 * A name of a field and a name of the cluster's are equally strong: the service was told its name by its configuration in both cases.
 */
import type { NameSource, ServiceName, SourceRecord } from "../../model/index.ts";
import { isGenericName, serviceOfDeployedPod, serviceOfPod } from "./service-name.ts";

const RANK: Readonly<Record<NameSource, number>> = {
  option: 0,
  field: 1,
  resource: 1,
  self: 2,
  container: 3,
  unit: 3,
  pod: 4,
  file: 5,
  host: 6,
};

/** The parts of a record that say whose it is. */
export type Owner = Required<Pick<SourceRecord, "service" | "serviceFrom" | "otherNames">>;

const NO_NAMES: readonly ServiceName[] = [];

/** The owner of what nobody gave a name. */
export const NOBODY: Owner = { service: null, serviceFrom: null, otherNames: NO_NAMES };

/** What Python calls the processes of any program. */
const ANY_PROCESS = /^(?:(?:Main|Spawn|Fork|ForkServer)?Process(?:[-:]\d+)*|(?:Fork|Spawn)?PoolWorker-\d+)$/;

/**
 * The name that a value gives; null where it is empty or names what is not one service: `app` as the name of a container, the id of a
 * container for a host.
 */
export function readName(value: string, from: NameSource): ServiceName | null {
  if (value === "") return null;
  switch (from) {
    case "container":
      return isGenericName(value) ? null : { name: serviceOfPod(value), from };
    case "pod":
      return { name: serviceOfPod(value), from };
    case "unit":
      return readUnit(value);
    case "host":
      return readHost(value);
    default:
      return { name: value, from };
  }
}

/** A path is that of the program. */
function readUnit(value: string): ServiceName | null {
  const program = value.replace(/^\/(?:[^/]+\/)+(?=[^/]+$)/, "").replace(/\.service$/, "");
  return ANY_PROCESS.test(program) ? null : { name: serviceOfPod(program), from: "unit" };
}

function readHost(host: string): ServiceName | null {
  // A pod has its name for a host name; a container has its id, which tells nothing
  const service = serviceOfDeployedPod(host);
  if (service !== null) return { name: service, from: "pod" };
  return /^(?:localhost|[\d.:]+|[0-9a-f]{12})$/.test(host) ? null : { name: host, from: "host" };
}

/** Names strongest first, of equals those that stand first; none twice. */
export function rankNames(names: readonly ServiceName[]): readonly ServiceName[] {
  if (names.length < 2) return names;
  const ranked: ServiceName[] = [];
  for (const each of [...names].sort((a, b) => RANK[a.from] - RANK[b.from])) {
    if (!ranked.some(({ name }) => name === each.name)) ranked.push(each);
  }
  return ranked;
}

/** Names without those of a file or stream, where there are names of the writer itself: many may write to one file. */
export function withoutWeak(names: readonly ServiceName[]): readonly ServiceName[] {
  if (names.length < 2) return names;
  const strong = names.filter(({ from }) => from !== "file");
  return strong.some(({ from }) => from !== "host") ? strong : names;
}

/** Who wrote what these names were given to. */
export function ownerOf(names: readonly ServiceName[]): Owner {
  const ranked = rankNames(names);
  const [first] = ranked;
  if (first === undefined) return NOBODY;
  if (first.from === "host") return { ...NOBODY, otherNames: [first] };
  return { service: first.name, serviceFrom: first.from, otherNames: ranked.length === 1 ? NO_NAMES : ranked.slice(1) };
}

/** All names of an owner, strongest first. */
export function namesOf(record: Pick<SourceRecord, "service" | "serviceFrom" | "otherNames">): readonly ServiceName[] {
  const { service, serviceFrom, otherNames = NO_NAMES } = record;
  return service === null || serviceFrom === null ? otherNames : [{ name: service, from: serviceFrom }, ...otherNames];
}

/** The record with one name more. */
export function alsoNamed(record: SourceRecord, name: ServiceName): SourceRecord {
  return { ...record, ...ownerOf([...namesOf(record), name]) };
}
