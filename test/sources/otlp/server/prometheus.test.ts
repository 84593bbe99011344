import { describe, expect, it } from "vitest";
import { counter, gauge, metricsText } from "../../../../src/sources/otlp/server/prometheus.ts";

describe("metrics as Prometheus reads them", () => {
  it("have a help, a type, and a line for each set of labels", () => {
    const refused = {
      name: "refused_total",
      help: "Refused.",
      type: "counter",
      samples: [
        { labels: { port: "http", reason: "token" }, value: 3 },
        { labels: { port: "grpc", reason: "tls" }, value: 0.5 },
      ],
    } as const;
    expect(metricsText([gauge("held", "Held.", 7), refused, counter("seen_total", "Seen.", 12)])).toBe(
      `# HELP streamscope_held Held.
# TYPE streamscope_held gauge
streamscope_held 7
# HELP streamscope_refused_total Refused.
# TYPE streamscope_refused_total counter
streamscope_refused_total{port="http",reason="token"} 3
streamscope_refused_total{port="grpc",reason="tls"} 0.5
# HELP streamscope_seen_total Seen.
# TYPE streamscope_seen_total counter
streamscope_seen_total 12
`,
    );
  });

  it("keep strangers' names inside their quotes", () => {
    const name = 'a"} 1\nevil{x="\\';
    const text = metricsText([{ ...gauge("x", "one\ntwo \\", 0), samples: [{ labels: { name }, value: 1 }] }]);
    expect(text.split("\n")).toEqual([
      "# HELP streamscope_x one\\ntwo \\\\",
      "# TYPE streamscope_x gauge",
      'streamscope_x{name="a\\"} 1\\\\nevil{x=\\"\\\\"} 1',
      "",
    ]);
  });

  it("hold nothing raw of them, neither for a terminal nor for a parser that ends at a NUL", () => {
    const samples = ["a\u0000b", "\u001b[2J", "\u202eevil", "价格-é"].map((name) => ({ labels: { name }, value: 1 }));
    expect(
      metricsText([{ ...gauge("x", "X.", 0), samples }])
        .split("\n")
        .slice(2),
    ).toEqual([
      'streamscope_x{name="a\\\\x00b"} 1',
      'streamscope_x{name="\\\\x1b[2J"} 1',
      'streamscope_x{name="\\\\u202eevil"} 1',
      'streamscope_x{name="价格-é"} 1',
      "",
    ]);
  });
});
