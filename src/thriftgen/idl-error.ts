/** What is wrong with an IDL file, and where. */
export class IdlError extends Error {
  constructor(file: string, line: number | null, text: string) {
    super(line === null ? `${file}: ${text}` : `${file}:${line}: ${text}`);
    this.name = "IdlError";
  }
}
