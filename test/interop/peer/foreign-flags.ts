/** Flags that only kitexpeer can obey: a command line with them works, and says what it leaves out. */

/** Says on stderr what a flag for gRPC or for spans does not do here. */
export function noteForeignFlags(transport: string, otelFile: string): void {
  if (transport !== "ttheader") {
    process.stderr.write(`peer: transport "${transport}" is for kitexpeer; this peer goes on with ttheader\n`);
  }
  if (otelFile !== "") {
    process.stderr.write("peer: --otel is for kitexpeer; this peer writes no spans, only the trace ids it is given\n");
  }
}
