/** A question cannot be answered, or a path not be read, and the message says to the model why. */
export class Refusal extends Error {
  override readonly name: string = "Refusal";
}
