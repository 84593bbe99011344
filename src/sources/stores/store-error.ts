/** An answer that is not what was asked for. The message is a part of a sentence: "it answers 503 …". */
export class StoreError extends Error {
  /** The status of the answer, or 0. */
  readonly status: number;

  constructor(message: string, status = 0) {
    super(message);
    this.name = "StoreError";
    this.status = status;
  }
}
