/** Attributes of OTLP, whichever encoding they came in: names, and who takes the values. */
import type { ShapeContext } from "./draft.ts";
import { roleOf } from "./roles.ts";

/** Attribute values of one list that are read, nested ones included: more is an attack. */
export const MAX_VALUES = 10_000;
/** Attributes with longer names are left out. */
export const MAX_NAME_LENGTH = 512;

/** What is known of the name of an attribute. */
export interface AttributeName {
  readonly text: string;
  /** A dialect reads this attribute, whatever its value is. */
  readonly isField: boolean;
  /** The value may be the text of an error. */
  readonly isText: boolean;
}

/** Takes the values of an attribute list in the order in which they stand, nested ones flattened: `name.key`, `name.0`. */
export interface AttributeSink {
  /** `isHit`: the prefilter finds something in the value. */
  add(name: AttributeName, value: string, isHit: boolean): void;
}

/** What the name of an attribute says. */
export function readAttributeName(text: string, context: ShapeContext): AttributeName {
  return { text, isField: context.isField(text), isText: roleOf(text).name === "text" && !USER_AGENT.test(text) };
}

/** What a client calls itself (`user_agent.original`) is no error, though the end of the name is that of a text elsewhere. */
const USER_AGENT = /(?:^|\.)user_agent\b/;

/** Keeps every value by its name; of two values of one name the later one. */
export class AttributeMap implements AttributeSink {
  readonly values: Map<string, string> = new Map();

  add(name: AttributeName, value: string): void {
    this.values.set(name.text, value);
  }
}
