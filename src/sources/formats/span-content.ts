/**
 * What a record keeps of a span's status, events and attributes: the fields that dialects read, and the texts in which an error may stand.
 *
 * An exception event's stack trace repeats its message and would hide it: it is read only if there is no message.
 */
import type { AttributeName, AttributeSink } from "./attributes.ts";
import { tidyTexts } from "./draft.ts";
import { undoEscapes } from "./escapes.ts";

/** Attributes of exception events, see OpenTelemetry's semantic conventions. */
const EXCEPTION_MESSAGE = "exception.message";
const EXCEPTION_STACK = "exception.stacktrace";
const NO_TEXTS: readonly string[] = [];
/** A shorter text is no error. */
const MIN_TEXT = 8;

/** Collects the content of one span, in whatever order its parts come. */
export class SpanContent implements AttributeSink {
  /** Attributes of the resource, of the span and of its events that a dialect reads: of two of one name the later one. */
  readonly fields: Map<string, string> = new Map();
  #status = "";
  /** Most spans have one event text at most, and it mostly repeats the status. */
  #eventText = "";
  #otherTexts: string[] | null = null;
  #inEvent = false;
  #message = "";
  #stack = "";

  /** `resource`: the fields of the resource around the span, see {@link Resource}. */
  constructor(resource: ReadonlyMap<string, string>) {
    resource.forEach((value, name) => {
      this.fields.set(name, value);
    });
  }

  /** Takes the status text. */
  setStatus(message: string): void {
    this.#status = message;
  }

  /** From here on attributes are those of an event. */
  beginEvent(): void {
    this.#inEvent = true;
    this.#message = "";
    this.#stack = "";
  }

  /** The event is over; `isHit`: the prefilter finds something in its name. */
  endEvent(name: string, isHit: boolean): void {
    this.#inEvent = false;
    const text = this.#message === "" ? this.#stack : this.#message;
    if (text !== "") this.#addEventText(text);
    if (isHit) this.#addEventText(name);
  }

  add(name: AttributeName, value: string, isHit: boolean): void {
    if (name.isField) this.fields.set(name.text, value);
    if (this.#inEvent) this.#addToEvent(name.text, value, isHit);
    else if (name.isText ? value.length > MIN_TEXT : isHit) this.#addOtherText(value);
  }

  #addToEvent(name: string, value: string, isHit: boolean): void {
    if (name === EXCEPTION_MESSAGE) this.#message = value;
    else if (isHit && name === EXCEPTION_STACK) this.#stack = value;
    else if (isHit) this.#addEventText(value);
  }

  #addEventText(text: string): void {
    if (this.#eventText === "") this.#eventText = text;
    else if (text !== this.#eventText) this.#addOtherText(text);
  }

  #addOtherText(text: string): void {
    this.#otherTexts ??= [];
    this.#otherTexts.push(text);
  }

  /** The texts, see {@link tidyTexts}. */
  texts(): readonly string[] {
    const status = undoEscapes(this.#status);
    const event = this.#eventText === this.#status ? status : undoEscapes(this.#eventText);
    if (this.#otherTexts === null && (event === "" || event === status)) return status === "" ? NO_TEXTS : [status];
    return tidyTexts([status, event, ...(this.#otherTexts ?? []).map(undoEscapes)]);
  }
}
