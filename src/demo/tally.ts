/** What happened, counted: so that people can compare it with the verdicts. */

/** Counts of a demo. */
export class Tally {
  users = 0;
  /** Users who got their whole answer. */
  whole = 0;
  generated = 0;
  delivered = 0;
  /** What answers that were cut short still lacked: tokens that were never computed. */
  saved = 0;
  /** What just happened, in a sentence. */
  story: string | null = null;

  /** A user has gone. */
  visited(delivered: number, whole: boolean): void {
    this.users += 1;
    this.delivered += delivered;
    if (whole) this.whole += 1;
  }

  /** The backend has ended an answer. */
  answered(generated: number, asked: number): void {
    this.generated += generated;
    this.saved += asked - generated;
  }

  /** The tokens in one line. */
  tokens(): string {
    const share = Math.round((100 * this.saved) / Math.max(1, this.saved + this.generated));
    const counts = `${shown(this.generated)} generated, ${shown(this.delivered)} delivered`;
    return `${counts}, ${shown(this.saved)} saved by cancelling (${share}% of what was asked for)`;
  }
}

function shown(count: number): string {
  return count.toLocaleString("en-US");
}
