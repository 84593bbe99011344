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
/** A shorter text is no error. */
const MIN_TEXT = 8;

/** Collects the content of one span, in whatever order its parts come. */
export class SpanContent implements AttributeSink {
  /** Attributes of the span, and of its events, that a dialect reads: of two of one name the later one. */
  readonly fields: Map<string, string> = new Map();
  #status = "";
  #eventTexts: string[] | null = null;
  #attributeTexts: string[] | null = null;
  #inEvent = false;
  #message = "";
  #stack = "";

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
    else {
      if (name.isText ? value.length > MIN_TEXT : isHit) {
        this.#attributeTexts ??= [];
        this.#attributeTexts.push(value);
      }
    }
  }

  #addToEvent(name: string, value: string, isHit: boolean): void {
    if (name === EXCEPTION_MESSAGE) this.#message = value;
    else if (isHit && name === EXCEPTION_STACK) this.#stack = value;
    else if (isHit) this.#addEventText(value);
  }

  #addEventText(text: string): void {
    this.#eventTexts ??= [];
    this.#eventTexts.push(text);
  }

  /** The texts, see {@link tidyTexts}. */
  texts(): string[] {
    const texts: string[] = [];
    addText(texts, this.#status);
    for (const text of this.#eventTexts ?? []) addText(texts, text);
    for (const text of this.#attributeTexts ?? []) addText(texts, text);
    return tidyTexts(texts);
  }
}

function addText(texts: string[], text: string): void {
  const whole = undoEscapes(text);
  // A status mostly repeats the exception
  if (whole !== "" && whole !== texts[0]) texts.push(whole);
}
