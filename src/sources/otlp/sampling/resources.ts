/**
 * The resources around spans and logs. SDKs repeat them in every request, so what is known of one is memoized.
 */
import type { ShapeContext } from "../../formats/draft.ts";
import type { Owner } from "../../formats/names.ts";
import { type Resource, resourceOf } from "../../formats/otlp-record.ts";
import type { OtlpDecoder, Range } from "../protobuf/decode.ts";

/** A resource, and what the spans of it have in common. */
export interface ResourceGroup extends Resource {
  /** The numbers of the shapes of its spans, by their fingerprints. */
  readonly shapes: Map<number, number>;
}

const MAX_GROUPS = 4096;

/** Resources by their bytes. */
export class ResourceCache {
  readonly #context: ShapeContext;
  readonly #known = new Map<string, ResourceGroup>();

  constructor(context: ShapeContext) {
    this.#context = context;
  }

  /** The group of a resource that stands in the request; null: absent. */
  read(decoder: OtlpDecoder, resource: Range | null): ResourceGroup {
    const key = resource === null ? "" : decoder.bytes.toString("latin1", resource.from, resource.to);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const attributes = resource === null ? new Map<string, string>() : decoder.resource(resource);
    return this.#keep(key, resourceOf(attributes, this.#context));
  }

  /** The group of a resource of which only the owner is known any more. */
  ofOwner(owner: Owner): ResourceGroup {
    const key = JSON.stringify(owner);
    return this.#known.get(key) ?? this.#keep(key, { attributes: new Map(), fields: new Map(), owner });
  }

  #keep(key: string, resource: Resource): ResourceGroup {
    // Hardly ever: then all are decoded once more
    if (this.#known.size >= MAX_GROUPS) this.#known.clear();
    const group: ResourceGroup = { ...resource, shapes: new Map() };
    // A resource of many KiB is nothing to keep four thousand of
    if (key.length < 8192) this.#known.set(key, group);
    return group;
  }
}
