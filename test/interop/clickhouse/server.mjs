/**
 * ClickHouse's HTTP interface around its engine, the npm package chdb: as much of it as the Collector's exporter and a reader need. The engine
 * is one a process and answers in one piece. usage: node server.mjs FOLDER_WITH_CHDB DATA_FOLDER PORT
 */
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const [, , modules, data, port] = process.argv;
const { Session } = createRequire(join(modules, "package.json"))("chdb");
const session = new Session(data);

/** Parameters of the interface that are no settings of a query. */
const NO_SETTINGS =
  /^(?:param_.*|query|database|user|password|session_id|role|client_protocol_version|query_id|default_format|wait_end_of_query|enable_http_compression|cancel_http_readonly_queries_on_client_close|.*_in_http_headers|http_headers_.*)$/;

let files = 0;
let last = Promise.resolve();

/** One question after the other. */
function inTurn(work) {
  const done = last.then(work);
  last = done.catch(() => undefined);
  return done;
}

function settingsOf(query) {
  const all = [...query].filter(([name]) => !NO_SETTINGS.test(name));
  const given = all.map(([name, value]) => `${name}=${/^-?[\d.]+$/.test(value) ? value : `'${value}'`}`);
  return given.length === 0 ? "" : ` SETTINGS ${given.join(", ")}`;
}

function run(sql, query, format) {
  const parameters = {};
  for (const [name, value] of query) if (name.startsWith("param_")) parameters[name.slice(6)] = value;
  const options = format === null ? {} : { format };
  return Object.keys(parameters).length === 0
    ? session.queryAsync(sql, options)
    : session.queryBindAsync(sql, parameters, options);
}

function varint(number) {
  const bytes = [];
  for (; number > 127; number >>>= 7) bytes.push((number & 127) | 128);
  return Buffer.from([...bytes, number]);
}

function text(value) {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(bytes.length), bytes]);
}

/** clickhouse-go greets the server, and asks for columns, in Native of a newer protocol: a block info, and a flag for each column. */
async function nativeBlock(sql) {
  const named = sql.replace("displayName()", "'chdb' AS name").replace("revision()", "toUInt32(54460)");
  const { meta, data: rows } = JSON.parse((await session.queryAsync(named, { format: "JSONCompact" })).text());
  const uint32 = (number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(number);
    return bytes;
  };
  const columns = meta.map(({ name, type }, at) =>
    Buffer.concat([
      text(name),
      text(type),
      Buffer.from([0]),
      ...rows.map((row) => (type === "String" ? text(row[at]) : uint32(Number(row[at])))),
    ]),
  );
  const info = Buffer.from([1, 0, 2, 255, 255, 255, 255, 0]);
  return Buffer.concat([info, varint(meta.length), varint(rows.length), ...columns]);
}

async function answer(request, body) {
  const url = new URL(request.url, "http://clickhouse");
  const query = url.searchParams;
  const plain = request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
  const head = query.get("query") ?? "";
  if (
    query.get("default_format") === "Native" &&
    /^\s*(?:SELECT displayName|DESC)/.test(plain.toString("utf8", 0, 100))
  )
    return { bytes: await nativeBlock(plain.toString()), format: "Native" };
  if (/\bFORMAT\s+Native\s*;?\s*$/i.test(head) && plain.length > 0) {
    files += 1;
    const file = join(data, `../insert-${process.pid}-${files % 8}.native`);
    writeFileSync(file, plain);
    await run(head.replace(/\bFORMAT\s+Native\s*;?\s*$/i, `FROM INFILE '${file}' FORMAT Native`), query, null);
    return { bytes: Buffer.alloc(0), format: "Native" };
  }
  let sql = [head, plain.toString()].filter(Boolean).join("\n");
  let format = query.get("default_format") ?? "TabSeparated";
  if (!/^\s*(?:insert|create|drop|alter|set|optimize)/i.test(sql)) {
    const named = /\bFORMAT\s+(\w+)\s*;?\s*$/i.exec(sql);
    if (named !== null) {
      format = named[1];
      sql = sql.slice(0, named.index);
    }
    sql += settingsOf(query);
  }
  const result = await run(sql, query, format);
  return { bytes: Buffer.from(result.bytes()), format, rows: result.rowsRead };
}

const STATUS = { 60: 404, 81: 404, 47: 400, 62: 400 };

createServer({ maxHeaderSize: 1 << 20 }, async (request, response) => {
  if (request.url.startsWith("/ping")) return response.end("Ok.\n");
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    const { bytes, format, rows = 0 } = await inTurn(() => answer(request, Buffer.concat(chunks)));
    response.writeHead(200, {
      "x-clickhouse-format": format,
      "x-clickhouse-summary": JSON.stringify({ read_rows: String(rows) }),
    });
    response.end(bytes);
  } catch (error) {
    const code = /Code: (\d+)/.exec(error.message)?.[1] ?? "1002";
    response.writeHead(STATUS[code] ?? 500, { "x-clickhouse-exception-code": code });
    response.end(error.message.replace(/^[\s\S]*?(?=Code: )/, ""));
  }
}).listen(Number(port), "127.0.0.1", () => process.stdout.write("ready\n"));
