/**
 * Ten million spans of a day in ClickHouse, in the tables of a real Collector's exporter: how long it takes to find and read the traces that
 * were cancelled, one in a hundred, and how much memory the program needs. The engine runs on the same machine.
 *
 * Run it alone: `node bench/clickhouse.ts [millions]`.
 */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { ClickHouse } from "../test/support/fleet/clickhouse.ts";
import { Collector } from "../test/support/fleet/collector.ts";
import { LOADS, type Report } from "../test/support/fleet/reports.ts";

/** The spans of a trace: five services, each of which is called and calls. */
const SPANS = 10;
/** One trace in so many is cancelled. */
const CANCELLED = 100;
const DAY_MS = 86_400_000;
const MEBIBYTE = 1024 ** 2;

/** What the user code of Kitex reads where the first service cancelled; services below are told the path. */
const CAUSE =
  "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively";

const SERVICES = "['gateway','chat','agent','tools','model']";

const spanId = (number: string): string => `leftPad(lower(hex(sipHash64(${number}))), 16, '0')`;

/** Rows as the exporter writes them, made by the engine itself: number n is span n % 10 of trace n / 10, and lies within the one before it. */
function rowsOf(table: string, spans: number, endMs: number): string {
  const service = `arrayElement(${SERVICES}, 1 + intDiv(number % 10, 2))`;
  const depth = "intDiv(number % 10, 2)";
  const trace = `intDiv(number, ${SPANS})`;
  const path = `arrayStringConcat(arraySlice(${SERVICES}, 1, ${depth}), ' -> ')`;
  const side = "if(number % 2 = 0, 'server-side', 'client-side')";
  // The origin's own handler is not cancelled, and the last service calls nobody
  const isCancelled = `(cityHash64(${trace}) % ${CANCELLED} = 0 AND number % 10 BETWEEN 1 AND 8)`;
  const pathText = `if(${depth} = 0, '', concat('[canceled path: ', ${path}, '] '))`;
  const message = `concat('[ttstream error, code=12007] [', ${side}, ' stream] ', ${pathText}, '${CAUSE}')`;
  return `INSERT INTO ${table} (Timestamp, TraceId, SpanId, ParentSpanId, TraceState, SpanName, SpanKind, ServiceName, ResourceAttributes,
  ScopeName, ScopeVersion, SpanAttributes, Duration, StatusCode, StatusMessage)
SELECT fromUnixTimestamp64Milli(toInt64(${endMs - DAY_MS} + ${trace} * ${DAY_MS - 10_000} / ${spans / SPANS}) + number % 10),
  lower(hex(MD5(toString(${trace})))), ${spanId("number")}, if(number % 10 = 0, '', ${spanId("number - 1")}), '',
  'ChatService/Generate', if(number % 2 = 0, 'Server', 'Client'), ${service},
  map('service.name', ${service}, 'host.name', concat('node-', toString(${trace} % 40)), 'k8s.pod.name', concat(${service}, '-7d9f8b6c5-', toString(${trace} % 9))),
  'github.com/kitex-contrib/obs-opentelemetry', '0.3.0',
  map('rpc.system', 'kitex', 'rpc.service', 'ChatService', 'rpc.method', 'Generate', if(number % 2 = 0, 'rpc.callee', 'peer.service'), arrayElement(${SERVICES}, 1 + intDiv(number % 10 + 1, 2)), 'net.peer.port', '8888',
      'rpc.request.id', hex(sipHash64(number, 7)), 'messages', toString(number % 400)),
  1000000 * (1000 - 20 * (number % 10)), if(${isCancelled}, 'Error', 'Unset'), if(${isCancelled}, ${message}, '')
FROM numbers(${spans})`;
}

/** Fills a table and reads it; prints the seconds, and the memory of the program. */
export async function benchClickhouse(millions = 10): Promise<void> {
  await using clickhouse = await ClickHouse.start();
  const table = "day";
  {
    // The exporter makes the table; what is sent lies at another time
    await using collector = await Collector.start("clickhouse.yaml", {
      CLICKHOUSE_PORT: String(clickhouse.port),
      TRACES_TABLE: table,
      JSON_COLUMNS: "false",
    });
    await collector.send(LOADS[0] ?? "");
    await clickhouse.holds(table, 1);
  }
  await clickhouse.query(`TRUNCATE TABLE ${table}`);
  const endMs = Date.now();
  const spans = millions * 1e6;
  const filled = performance.now();
  await clickhouse.query(rowsOf(table, spans, endMs));
  console.log(`${millions} million spans stored in ${((performance.now() - filled) / 1000).toFixed(1)} s`);
  for (const deep of [false, true]) {
    const { seconds, rssBytes, report } = await ask(clickhouse.url, table, endMs, deep);
    const [{ rows, records } = { rows: 0, records: 0 }] = report.input.stores ?? [];
    console.log(
      `spans of 24 hours${deep ? ", deeply" : ""}: ${seconds.toFixed(1)} s, ${(rssBytes / MEBIBYTE).toFixed(0)} MiB; ` +
        `${records} spans came of ${rows} rows, ${report.cascades.length} cascades (${spans / SPANS / CANCELLED} traces were cancelled)`,
    );
  }
}

interface Asked {
  readonly seconds: number;
  readonly rssBytes: number;
  readonly report: Report;
}

async function ask(url: string, table: string, endMs: number, deep: boolean): Promise<Asked> {
  const program = `${import.meta.dirname}/../bin/streamscope.cjs`;
  const tellsMemory =
    "data:text/javascript,process.on('exit',()=>process.stderr.write('rss '+process.resourceUsage().maxRSS))";
  const since = new Date(endMs - DAY_MS).toISOString();
  const until = new Date(endMs).toISOString();
  const args = ["scan", "--json", "--clickhouse", url, "--clickhouse-table", table, "--since", since, "--until", until];
  const started = performance.now();
  const child = spawn(process.execPath, ["--import", tellsMemory, program, ...args, ...(deep ? ["--deep"] : [])], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const seconds = (performance.now() - started) / 1000;
  const kibibytes = /rss (\d+)$/.exec(stderr)?.[1];
  if (kibibytes === undefined) throw new Error(`scan said: ${stderr}`);
  return { seconds, rssBytes: Number(kibibytes) * 1024, report: JSON.parse(stdout) as Report };
}

if (import.meta.main) await benchClickhouse(Number(process.argv[2] ?? 10));
