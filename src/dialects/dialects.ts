/** A dialect: one way in which one software tells of cancels. */
export interface Dialect {
  /** As evidence carries it. */
  readonly name: string;
  /** The software that writes it. */
  readonly product: string;
  /** ASCII words without which none of its texts is written. */
  readonly needles: readonly string[];
}

/** Every dialect that is read here. Nothing outside this room may know a row of it. */
export const DIALECTS: readonly Dialect[] = [
  { name: "ttstream", product: "Kitex", needles: ["ttstream error, code="] },
  { name: "grpc", product: "gRPC", needles: ["rpc error: code = "] },
  { name: "grpc-conn", product: "gRPC", needles: ["connection error: desc = "] },
  { name: "biz-status", product: "Kitex", needles: ["biz error: code="] },
  { name: "kitex", product: "Kitex", needles: ["KITEX: ", "remote or network error"] },
  { name: "go-context", product: "Go", needles: ["context canceled", "context deadline exceeded"] },
  { name: "otel", product: "OpenTelemetry", needles: ["http.disconnect"] },
  { name: "streamscope", product: "streamscope", needles: ["streamscope.cancel."] },
];
