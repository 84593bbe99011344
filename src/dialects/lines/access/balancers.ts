/** Access logs of load balancers of clouds and platforms. */
import { OWN_TIMER } from "../../catalogue/index.ts";
import { type Found, given, REQUEST } from "./found.ts";

const ALB = new RegExp(
  `\\b(?:app|net)/\\S+ (\\S+):\\d+ (\\S+) (-?[\\d.]+) (-?[\\d.]+) (-?[\\d.]+) (\\d{3}|-) (\\d{3}|-) \\d+ \\d+ ${REQUEST}(.*)`,
);
const TRACE = /"Root=([\w-]+)/;

/** An Application Load Balancer's access log; a 504 without a status of the target is a timer of its own (AWS, "Access log entries"). */
export function readAlb(words: string): Found | null {
  const match = ALB.exec(words.slice(0, 4_096));
  if (match === null) return null;
  const [, client = "", target = "", asked, took, sent, status = "", answered = "", method = "", url = "", rest = ""] =
    match;
  const parts = [asked, took, sent].map(Number);
  const trace = TRACE.exec(rest)?.[1];
  return {
    product: "AWS ALB",
    method,
    path: url.replace(/^[a-z]+:\/\/[^/]*/, ""),
    status: status === "-" ? null : Number(status),
    // -1 stands for a part that was never reached
    durationMs: parts.some((part) => part < 0) ? null : parts.reduce((sum, part) => sum + part * 1_000, 0),
    client,
    calls: given(target) === null ? [] : [target],
    ids: trace === undefined ? [] : [trace],
    proxy: true,
    end: status === "504" && answered === "-" ? OWN_TIMER : null,
  };
}

/** Heroku's router: `at=error code=H27 … method=POST path="/chat" … connect=0ms service=30001ms status=499`. */
const HEROKU = /^(?=.*\bdyno=)(?=.*\bconnect=)(?=.*\bservice=).*\bmethod="?([A-Z]+)"? path="?([^"\s]+)/m;

/** Reads a line of Heroku's router; null for any other. Its codes are in the catalogue. */
export function readHeroku(words: string): Found | null {
  // Asked of every line in free words
  const match = words.includes("dyno=") ? HEROKU.exec(words.slice(0, 2_048)) : null;
  if (match === null) return null;
  const value = (name: string): string | null => given(new RegExp(`\\b${name}="?([^"\\s]*)`).exec(words)?.[1]);
  const service = value("service");
  const id = value("request_id");
  const dyno = value("dyno");
  return {
    product: "Heroku",
    method: match[1] as string,
    path: match[2] as string,
    status: value("status") === null ? null : Number(value("status")),
    durationMs: service === null ? null : Number.parseFloat(service),
    client: value("fwd")?.split(",", 1)[0] ?? null,
    calls: dyno === null ? [] : [dyno],
    ids: id === null ? [] : [id],
    proxy: true,
  };
}
