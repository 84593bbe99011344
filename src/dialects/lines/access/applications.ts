/** Access lines of servers and frameworks of applications, which answer themselves. */
import { NO_ANSWER } from "../../catalogue/index.ts";
import { durationsOf } from "../line-facts.ts";
import { type Found, REQUEST } from "./found.ts";

type Reader = (words: string) => Found | null;

/** Reads the groups of a pattern by their names: `method`, `path`, `status`, `took`, `client`. */
function reader(pattern: RegExp, more: Partial<Found> = {}, unit = ""): Reader {
  return (words) => {
    const groups = pattern.exec(words)?.groups;
    if (groups === undefined) return null;
    const { method, path, status = "", took, client } = groups;
    return {
      ...(method === undefined ? {} : { method }),
      ...(path === undefined ? {} : { path: path.replace(/^https?:\/\/[^/]*/, "") || "/" }),
      status: /^\d+$/.test(status) ? Number(status) : null,
      durationMs: took === undefined ? null : (durationsOf(`${took}${unit}`)[0] ?? null),
      client: client ?? null,
      ...more,
    };
  };
}

const ASKED = REQUEST.replace("(", "(?<method>").replace("(\\S+)", "(?<path>\\S+)");
const METHOD = "(?<method>GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)";

const READERS: readonly Reader[] = [
  // Gin, Ollama
  reader(
    /^\[GIN\] [\d/]+ - [\d:]+ \| +(?<status>\d{3}) \| +(?<took>\S+) \| +(?<client>\S+) \| +(?<method>[A-Z]+) +"?(?<path>[^"\s]+)"?/,
  ),
  // uvicorn, Hypercorn, vLLM, SGLang
  reader(new RegExp(`^(?:\\([\\w .=]+\\) )?(?:INFO: +)?(?<client>\\S+?)(?::\\d+)? - ${ASKED} (?<status>\\d{3})\\b`)),
  reader(new RegExp(`\\bRequest (?<client>\\S+) ${ASKED} (?<status>\\d{3}) \\d+ "[^"]*" (?<took>\\S+)$`), {
    product: "llama-swap",
    proxy: true,
  }),
  reader(
    /\] (?<client>\S+) \(\) \{[^}]*\} \[[^\]]+\] (?<method>[A-Z]+) (?<path>\S+) => generated \d+ bytes in (?<took>\d+ ms)ecs \([^)]* (?<status>\d{3})\)/,
    { product: "uWSGI" },
  ),
  // morgan's dev, tiny and short; `-` where no answer had begun
  reader(new RegExp(`^${METHOD} (?<path>/\\S*) - - ms\\b`), { product: "morgan", end: NO_ANSWER }),
  reader(new RegExp(`^${METHOD} (?<path>/\\S*) (?<status>\\d{3}) (?<took>[\\d.]+) ?ms\\b`), {}, "ms"),
  reader(
    new RegExp(
      `^(?<client>[\\da-f.:]+) - ${METHOD} (?<path>/\\S*) HTTP/[\\d.]+ (?<status>\\d{3}) (?:\\d+|-) - (?<took>[\\d.]+) ms`,
    ),
    {},
    "ms",
  ),
  // chi
  reader(new RegExp(`${ASKED} from (?<client>\\S+):\\d+ - (?<status>\\d{3}) \\d+B in (?<took>\\S+)`)),
  // Fiber
  reader(
    new RegExp(
      `(?:^|\\| )(?<status>\\d{3}) \\| +(?<took>[\\d.]+[µa-z]+) \\| +(?<client>[\\da-f.:]+) \\| ${METHOD} +\\| (?<path>/\\S*)`,
    ),
  ),
  // Hertz's middleware
  reader(new RegExp(`^\\[[^\\]]+\\] (?<status>\\d{3}) - (?<took>[\\d.]+[µa-z]+) ${METHOD} (?<path>/\\S*)`)),
  // ASP.NET Core, Serilog
  reader(
    new RegExp(
      `Request finished HTTP/[\\d.]+ ${METHOD} (?<path>\\S+)(?: \\S+)? ?- (?<status>\\d{3}) .*?(?<took>[\\d.]+) ?ms`,
    ),
    {},
    "ms",
  ),
  reader(new RegExp(`\\bHTTP ${METHOD} (?<path>/\\S*) responded (?<status>\\d{3}) in (?<took>[\\d.]+) ms`), {}, "ms"),
  // Rails
  reader(
    new RegExp(`^method=${METHOD} path=(?<path>\\S+) .*\\bstatus=(?<status>\\d{3}) duration=(?<took>[\\d.]+)`),
    {},
    "ms",
  ),
  // Sanic
  reader(
    new RegExp(
      `(?:^|[\\s\\[])(?<client>[\\da-f.:]+):\\d+\\]?:? ${METHOD} (?<path>https?://\\S+) (?<status>\\d{3}) (?:\\d+|DISCONNECTED)(?: +(?<took>[\\d.]+ms))?`,
    ),
  ),
  // Django's own server
  reader(new RegExp(`^\\[[^\\]]+\\] ${ASKED} (?<status>\\d{3}) \\d+$`)),
];

/** Reads a line of an application's server; null for any other. */
export function readApplication(words: string): Found | null {
  for (const read of READERS) {
    const found = read(words);
    if (found !== null) return found;
  }
  return null;
}
