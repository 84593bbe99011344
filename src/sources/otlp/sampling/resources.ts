/**
 * What stands around spans and logs in a request: the resource. SDKs repeat them in every request, so they are decoded once.
 */
import type { Owner } from "../../formats/names.ts";
import { ownerOfResource, type Resource } from "../../formats/otlp-record.ts";
import type { OtlpDecoder, Range } from "../protobuf/decode.ts";

/** The resource of a group of spans or logs. */
export interface Group extends Resource {
  /** The numbers of the shapes of its spans, by their marks. */
  readonly shapes: Map<number, number>;
}

const MOST_KNOWN = 4096;

/** Groups by their bytes. */
export class Groups {
  readonly #known = new Map<string, Group>();

  /** The group of a resource that stands in the request; null: absent. */
  read(decoder: OtlpDecoder, resource: Range | null): Group {
    const key = resource === null ? "" : decoder.bytes.toString("latin1", resource.from, resource.to);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const attributes = resource === null ? new Map<string, string>() : decoder.attributes(resource, 1);
    return this.#keep(key, { attributes, owner: ownerOfResource(attributes) });
  }

  /** The group of a resource of which only the owner is known any more. */
  ofOwner(owner: Owner): Group {
    const key = JSON.stringify(owner);
    return this.#known.get(key) ?? this.#keep(key, { attributes: new Map(), owner });
  }

  #keep(key: string, resource: Resource): Group {
    // Hardly ever: then all are decoded once more
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    const group: Group = { ...resource, shapes: new Map() };
    // A resource of many KiB is nothing to keep four thousand of
    if (key.length < 8192) this.#known.set(key, group);
    return group;
  }
}
